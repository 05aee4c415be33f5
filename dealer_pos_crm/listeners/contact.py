"""Contact: found by its e-mails and numbers, however they were typed."""

from dealer_pos_crm.dealer_crm.leads import points, portraits
from dealer_pos_crm.dealer_setup.settings import companies


def before_validate(doc, method=None) -> None:
	portraits.before_validation()


def validate(doc, method=None) -> None:
	portraits.after_validation()


def on_update(doc, method=None) -> None:
	if companies():
		points.keep("Contact", doc.name, points.of_contact(doc))


def on_trash(doc, method=None) -> None:
	if companies():
		points.forget("Contact", doc.name)
