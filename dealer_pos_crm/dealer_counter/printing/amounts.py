"""Amounts that may be less than nothing, as people read them."""

from dealer_pos_crm.dealer_cashier.money import shown
from dealer_pos_crm.dealer_cashier.printing.words import less
from dealer_pos_crm.domain.money import Money


def size(amount: Money) -> Money:
	return -amount if amount.minor < 0 else amount


def signed(amount: Money) -> str:
	return less(-amount) if amount.minor < 0 else shown(amount)
