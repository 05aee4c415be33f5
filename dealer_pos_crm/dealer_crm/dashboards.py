"""Our documents among the connections of ERPNext's forms."""

from frappe import _


def customer(data: dict) -> dict:
	"""Customer: deposits, vehicles, follow-ups, money from afar, and the service lane."""
	data.setdefault("transactions", []).extend(
		[
			{"label": _("Dealership"), "items": ["Deposit", "Dealer Vehicle", "Follow Up"]},
			{"label": _("Card Money"), "items": ["Pay Request", "Card Payment"]},
			{"label": _("Service"), "items": ["Service Appointment", "Repair Order", "Declined Service"]},
		]
	)
	return data
