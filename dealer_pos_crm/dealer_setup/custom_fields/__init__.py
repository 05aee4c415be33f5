"""Our fields on ERPNext's doctypes, as data. Applied by ``install``, removed by ``uninstall``."""

from dealer_pos_crm.dealer_setup.custom_fields import counter, documents, people

MODULE = "Dealer Setup"

CUSTOM_FIELDS: dict[str, list[dict]] = {}
for _part in (people, documents, counter):
	for _doctype, _fields in _part.FIELDS.items():
		CUSTOM_FIELDS.setdefault(_doctype, []).extend(_fields)


def rows() -> dict[str, list[dict]]:
	"""The fields as Frappe wants them: each with the module that owns it."""
	return {
		doctype: [{**row, "module": MODULE, "translatable": 0} for row in fields]
		for doctype, fields in CUSTOM_FIELDS.items()
	}
