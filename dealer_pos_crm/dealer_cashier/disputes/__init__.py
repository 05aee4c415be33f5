"""Disputed card payments: the case and its deadline, its money in the books, the evidence, the answer."""
