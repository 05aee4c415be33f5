"""Requests to pay: made at the desk, sent by e-mail or text, paid on the customer's own page.

``making`` is how one comes to be, ``request`` what people do with it, ``standing`` what the books say of it,
``link`` the key to the page, ``page`` what the customer sees and does, ``rendering`` how it is handed out,
``sessions`` the provider's pages behind it, ``terms`` what is agreed to, ``sending`` the message, ``following``
what a card payment changes, ``automatic`` what nobody has to think of.
"""
