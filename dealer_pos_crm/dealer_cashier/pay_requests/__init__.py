"""Requests to pay: made at the desk, sent by e-mail or text, paid on the customer's own page.

``request`` is what people do with them, ``standing`` what the books say of them, ``link`` the key to the page,
``page`` what the customer sees and does, ``terms`` what is agreed to, ``sending`` the message, ``following``
what a card payment changes, ``automatic`` what nobody has to think of.
"""
