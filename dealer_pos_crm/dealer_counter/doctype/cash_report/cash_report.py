import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, formatdate, getdate, nowdate

from dealer_pos_crm.dealer_counter.cash_reports import report
from dealer_pos_crm.dealer_setup import by_hand
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain import cash_form as form
from dealer_pos_crm.domain import cash_report as rules

# What people write on the form; all else follows from payments and from the buttons.
BY_HAND = frozenset(
	{*report.PAYER, *report.BEHALF, *report.SECRET}
	| {"responsible", "transaction_kind", "what", "suspicious", "suspicious_because", "total_price"}
)
ROW_BY_HAND = frozenset({"hundreds", "foreign_amount", "issuer"})
_FIXED_OF_ROW = ("reference_doctype", "reference_name", "instrument", "amount", "paid_on", "reversed")


class CashReport(Document):
	def validate(self):
		self.check_by_hand()
		self.check_rows()
		self.check_payer()
		self.payer_complete = int(not self.lacks())

	def on_trash(self):
		self.check_kept()

	def lacks(self) -> list[str]:
		"""Fields of the payer that the form still needs."""
		told = {field: self.get(field) for field in (*report.PAYER, *report.BEHALF, *report.SECRET)}
		for flag in ("on_behalf", "payer_tin_refused", "behalf_tin_refused"):
			told[flag] = cint(self.get(flag))
		return form.missing(told)

	def check_by_hand(self):
		if self.flags.of_the_counter:
			return
		before = self.get_doc_before_save()
		if not before:
			frappe.throw(_("Cash reports are opened by the payments, or by Record Payer at the counter"))
		if before.status in {status.value for status in rules.DECIDED}:
			frappe.throw(_("{0} is decided: {1}. It stays as it is").format(self.name, _(before.status)))
		by_hand.check_fields(
			self, {*BY_HAND, "payments"}, _("{0} follows from the payments and the buttons above")
		)

	def check_rows(self):
		before = self.get_doc_before_save()
		if not self.flags.of_the_counter and before:
			if _fixed(before.payments) != _fixed(self.payments):
				frappe.throw(_("The payments of a report are the ledger's. Cancel or take them there"))
		for row in self.payments:
			for field in ("hundreds", "foreign_amount"):
				if (row.get(field) or 0) < 0 or (row.get(field) or 0) > (row.amount or 0):
					frappe.throw(
						_("Row {0}: {1} is a part of {2}").format(
							row.idx, _(row.meta.get_label(field)), row.get_formatted("amount")
						)
					)

	def check_payer(self):
		with explained():
			for field in ("payer_tin", "behalf_tin"):
				if self.get(field) and not self.is_dummy_password(self.get(field)):
					self.set(field, form.check_tin(self.get(field)))
			if self.payer_occupation:
				form.check_occupation(self.payer_occupation)
		for field in ("payer_tin", "behalf_tin"):
			if self.get(field):
				self.set(f"{field}_refused", 0)
		if self.payer_born_on and getdate(self.payer_born_on) >= getdate(nowdate()):
			frappe.throw(_("{0} is no day of birth").format(formatdate(self.payer_born_on)))

	def check_kept(self):
		"""A report is kept five years, and one that is not decided until it is."""
		if self.status == rules.Status.WATCHING.value and not self.payments:
			return
		until = getdate(self.keep_until) if self.keep_until else None
		if until and until < getdate(nowdate()):
			return
		frappe.throw(
			_("{0} is kept until {1}: the law wants five years").format(self.name, formatdate(until))
			if until
			else _("{0} is not decided yet. File it, or say why it is not required").format(self.name)
		)


def _fixed(rows) -> list[tuple]:
	return [tuple(cstr(row.get(field)) for field in _FIXED_OF_ROW) for row in rows]
