"""What the app puts on a site. Every step may run again and then changes nothing."""

import frappe
from frappe import _

from dealer_pos_crm.dealer_crm.rules import add_default_rules
from dealer_pos_crm.dealer_service.inspections import defaults as inspection_templates
from dealer_pos_crm.dealer_setup import fields_on_erpnext, roles, search
from dealer_pos_crm.dealer_showroom.deals import losing
from dealer_pos_crm.dealer_showroom.documents import defaults as document_templates
from dealer_pos_crm.gateways.stripe import sdk


class OldLibrary(frappe.ValidationError):
	"""This bench has a ``stripe`` package that card payments cannot work with."""


def before_install() -> None:
	"""Refuse beside an app that pins an old ``stripe``: pip can serve only one of the two."""
	version, others = sdk.installed(), sdk.others()
	if not sdk.too_old(version) and not others:
		return
	lines = [_("Dealer POS CRM cannot be installed on this bench: {0}.").format(sdk.wanted(version))]
	if others:
		lines.append(
			_(
				"These apps or packages want an old one: {0}. Take them off the bench (bench remove-app), or use a bench of its own"
			).format(", ".join(others))
		)
	lines.append(_("Then run: bench setup requirements --python"))
	frappe.throw(" ".join(lines), OldLibrary)


def after_install() -> None:
	_settle()
	# Only here: a right that a site has since taken away stays away. New rights come by a patch.
	roles.grant()
	roles.open_pages()
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
