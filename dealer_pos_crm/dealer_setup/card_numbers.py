"""Card numbers never enter: free text that holds one is masked before it is saved, and the writer is told."""

import frappe
from frappe import _

from dealer_pos_crm.domain.card_numbers import mask


def mask_fields(doc, fields: tuple[str, ...]) -> None:
	"""Mask card numbers in these text fields of a document."""
	for field in fields:
		text = doc.get(field)
		if not text:
			continue
		masked = mask(text)
		if masked != text:
			doc.set(field, masked)
			frappe.msgprint(
				_("{0} held a card number. It was masked; card numbers are never kept").format(
					doc.meta.get_label(field)
				),
				indicator="orange",
				alert=True,
			)
