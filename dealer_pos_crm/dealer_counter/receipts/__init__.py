"""Every receipt of the counter: found, printed, printed again as a copy, sent."""
