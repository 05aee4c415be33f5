"""Lead: whatever way it came in, a dealership's lead is received, given to somebody and timed."""

from dealer_pos_crm.dealer_crm.leads import points, portraits, receiving, removing, routing
from dealer_pos_crm.dealer_setup.settings import companies, is_dealership


def before_validate(doc, method=None) -> None:
	if not is_dealership(doc.company):
		return
	portraits.before_validation()


def validate(doc, method=None) -> None:
	portraits.after_validation()


def after_insert(doc, method=None) -> None:
	if is_dealership(doc.company):
		receiving.begin(doc)


def on_update(doc, method=None) -> None:
	before = doc.get_doc_before_save()
	if before is None or not is_dealership(doc.company):
		return
	if before.company != doc.company and not doc.dealer_received_at:
		receiving.begin(doc)
		return
	routing.owner_changed(doc)
	if points.of_lead(before) != points.of_lead(doc):
		points.keep("Lead", doc.name, points.of_lead(doc))


def on_trash(doc, method=None) -> None:
	if companies():
		removing.deleted(doc)


def after_rename(doc, method=None, old: str = "", new: str = "", merge: bool = False) -> None:
	if companies():
		removing.renamed(old, new, merge)
