"""Deposits between the domain's rules and ERPNext's ledgers.

``ledger`` reads where the money is, ``refresh`` brings a Deposit in line with it, ``actions`` is the door
for everything a person does, ``taking``, ``settling`` and ``moving`` do it, ``guard`` keeps others' hands off.
"""
