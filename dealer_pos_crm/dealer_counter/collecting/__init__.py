"""Money taken for several documents at once: one Counter Receipt over all its Payment Entries."""
