"""No portraits while a lead is received: ERPNext asks gravatar.com about the e-mail of every lead and contact
that it saves. That takes seconds with the locks held, and tells a stranger who asked.

Frappe leaves the look-up out during an import. That switch is on between our two events around the validation
only: an import would also leave out the site's own notifications.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe

_RECEIVING = "dealer_receiving"
_SWITCHED = "dealer_no_portrait"


@contextmanager
def left_out() -> Iterator[None]:
	"""While a lead is received."""
	before = frappe.flags.get(_RECEIVING)
	frappe.flags[_RECEIVING] = True
	try:
		yield
	finally:
		frappe.flags[_RECEIVING] = before
		after_validation()


def before_validation() -> None:
	if frappe.flags.get(_RECEIVING) and not frappe.flags.in_import:
		frappe.flags.in_import = True
		frappe.flags[_SWITCHED] = True


def after_validation() -> None:
	if frappe.flags.get(_SWITCHED):
		frappe.flags.in_import = False
		frappe.flags[_SWITCHED] = False
