"""Leads: from a message at the door to somebody who is known, asked after and answered."""
