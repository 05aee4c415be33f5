"""The counter inside ERPNext's point of sale: who stands there, what is collected, how a shift ends."""
