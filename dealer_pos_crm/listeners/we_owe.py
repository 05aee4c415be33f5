"""We Owe: what was promised costs the deal something; its gross follows."""

from dealer_pos_crm.dealer_showroom.gross import gross


def on_update(doc, method=None) -> None:
	if doc.deal:
		gross.late_cost(doc.deal)
