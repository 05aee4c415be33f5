"""Cash and checks on their way to the bank, and checks that come back from it."""
