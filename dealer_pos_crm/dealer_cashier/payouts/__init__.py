"""Payouts of the card provider: read row by row, matched with our vouchers to the cent, booked to the bank."""
