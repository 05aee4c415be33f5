"""Money that goes back to a card: booked first, then sent, then followed until the bank has it.

``refund`` is the door for what a person does, ``deposits`` the part of a deposit's refund that was paid by card,
``room`` and ``sources`` say how much may go back and where it is in the books, ``booking`` writes row, entry and
attempt in one transaction, ``sending`` calls the provider, ``following`` takes in what it says, ``reversing``
undoes the booking of what did not arrive, ``outside`` books what was made at the provider's own site, ``sweep``
finds what was left, ``telling`` tells people, ``overview`` is what a form shows.
"""
