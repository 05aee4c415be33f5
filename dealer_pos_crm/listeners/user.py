"""User: the promises of somebody who leaves go to the department's manager."""

from dealer_pos_crm.dealer_crm import follow_ups


def on_update(doc, method=None) -> None:
	if doc.enabled or not doc.has_value_changed("enabled"):
		return
	follow_ups.orphan(doc.name)
