"""The money of a repair order: its invoices, what is open on them, payments, claims and the gate pass."""
