"""Card payments between what the provider says and our books.

``subjects`` says what a document asks for, ``starting`` begins a payment, ``payment`` is the one way for a
fact to enter, ``booking`` makes the one Payment Entry of a charge, ``sweep`` finds what was left on the way.
"""
