"""Call Log of ERPNext's telephony: a call that was spoken or tried answers a lead, a missed one asks."""

from dealer_pos_crm.dealer_crm.leads import contact


def on_update(doc, method=None) -> None:
	if doc.has_value_changed("status") or doc.has_value_changed("links"):
		contact.of_call(doc)
