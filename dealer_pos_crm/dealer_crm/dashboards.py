"""Our documents among the connections of ERPNext's forms."""

from frappe import _


def customer(data: dict) -> dict:
	"""Customer: deposits, vehicles and follow-ups."""
	data.setdefault("transactions", []).append(
		{"label": _("Dealership"), "items": ["Deposit", "Dealer Vehicle", "Follow Up"]}
	)
	return data
