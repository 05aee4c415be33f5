"""The receipt of a single payment that came without a counter's receipt: by transfer, at a desk, by hand."""

from dataclasses import replace
from typing import Any

from frappe import _
from frappe.utils import cstr, flt, format_date, get_fullname

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import dealer, in_words, plain


def payment_receipt(doc: Any) -> Paper:
	currency = company_currency(doc.company)
	back = doc.payment_type == "Pay"
	amount = rounded(doc.base_paid_amount if back else doc.base_received_amount, currency)
	who = plain(doc.party_name or doc.party)
	facts = [
		Fact(_("Paid back to") if back else _("Received from"), who),
		Fact(_("Way of paying"), _(doc.mode_of_payment or "")),
		Fact(_("Number"), plain(cstr(doc.reference_no))),
		Fact(_("Booked by"), plain(get_fullname(doc.owner))),
	]
	paper = Paper(
		title=_("Payment to Customer") if back else _("Payment Receipt"),
		number=doc.name,
		date=format_date(doc.posting_date),
		dealer=dealer(doc.company),
		facts=tuple(fact for fact in facts if fact.text),
		amount_label=_("Amount paid back") if back else _("Amount received"),
		amount=shown(amount),
		in_words=in_words(amount),
		sums=(_for_what(doc, currency),),
		customer=who,
		signatures=(_("Received by the customer"), _("For {0}").format(doc.company)) if back else (),
	)
	if doc.party_type != "Customer":
		text = _("{0} is not the payment of a customer. Choose another print format.").format(doc.name)
		return replace(paper, mark=Mark(_("Not a customer's payment"), text), amount="", sums=())
	if doc.docstatus == 0:
		return replace(paper, mark=Mark(_("Not booked yet"), _("This is not a receipt.")))
	if doc.docstatus == 2:
		return replace(paper, mark=Mark(_("Cancelled"), _("The payment was reversed. This receipt is void.")))
	return paper


def _for_what(doc: Any, currency: str) -> Sum:
	"""What it paid, and what of it is the customer's credit."""
	rows = [
		Row(
			f"{_(row.reference_doctype)} {row.reference_name}",
			shown(rounded(abs(flt(row.allocated_amount)), currency)),
		)
		for row in doc.references
		if flt(row.allocated_amount)
	]
	left = rounded(doc.unallocated_amount, currency)
	if left:
		rows.append(
			Row(
				_("Paid in advance") if doc.get("dealer_deposit") else _("Credit on your account"),
				shown(left),
			)
		)
	amount = doc.base_paid_amount if doc.payment_type == "Pay" else doc.base_received_amount
	return Sum(_("What it is for"), (*rows, Row(_("Total"), shown(rounded(amount, currency)), kind="held")))
