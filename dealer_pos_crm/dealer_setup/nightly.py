"""What no event told is found once a day: documents whose figures follow the ledger are read again."""

from collections.abc import Callable, Iterable, Sequence

import frappe

from dealer_pos_crm.dealer_setup.acting import each_alone


def read_again(
	doctype: str, names: Iterable[str], read: Callable[[str], object], figures: Sequence[str]
) -> None:
	"""Read each document by itself. One whose ``figures`` change by that had fallen behind, and is logged."""

	def check(name: str) -> None:
		before = frappe.db.get_value(doctype, name, figures)
		read(name)
		after = frappe.db.get_value(doctype, name, figures)
		if before != after:
			frappe.log_error(
				title=f"{doctype} {name} had fallen behind the ledger"[:140],
				message=f"before: {before}, after: {after}",
				reference_doctype=doctype,
				reference_name=name,
			)

	each_alone(doctype, names, check, doctype + " {0} could not be read again")
