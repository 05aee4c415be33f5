"""What the app puts on a site. Every step may run again and then changes nothing."""

from dealer_pos_crm.dealer_crm.rules import add_default_rules
from dealer_pos_crm.dealer_service.inspections import defaults as inspection_templates
from dealer_pos_crm.dealer_setup import fields_on_erpnext, roles, search
from dealer_pos_crm.dealer_showroom.deals import losing
from dealer_pos_crm.dealer_showroom.documents import defaults as document_templates


def after_install() -> None:
	_settle()
	# Only here: a right that a site has since taken away stays away. New rights come by a patch.
	roles.grant()
	add_default_rules()
	inspection_templates.add()
	document_templates.add()
	losing.add_reasons()
	search.add()


def after_migrate() -> None:
	_settle()


def _settle() -> None:
	roles.make_roles()
	fields_on_erpnext.put()
