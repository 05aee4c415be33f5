"""Every way of paying in one report: what was taken, paid back, lost, paid for, taken to the bank, and what is
still on its way."""

import frappe
from frappe import _
from frappe.utils import add_days, getdate

from dealer_pos_crm.dealer_cashier.money import shown, to_float
from dealer_pos_crm.dealer_cashier.payouts import tenders
from dealer_pos_crm.dealer_counter.banking import reconciling
from dealer_pos_crm.dealer_setup.settings import settings_of

_AMOUNTS = (
	("received", "Received"),
	("refunded", "Paid Back"),
	("disputed", "Disputed"),
	("fees", "Fees"),
	("to_bank", "To the Bank"),
	("other", "Other"),
	("moved", "Change"),
)


def execute(filters: dict | None = None) -> tuple:
	filters = frappe._dict(filters or {})
	if not filters.company:
		frappe.throw(_("Choose a company"))
	frappe.has_permission("Company", "read", filters.company, throw=True)
	to_date = getdate(filters.to_date)
	from_date = getdate(filters.from_date) if filters.from_date else add_days(to_date, -30)
	accounts = tenders.accounts_of(filters.company)
	if filters.mode_of_payment:
		accounts = {name: modes for name, modes in accounts.items() if filters.mode_of_payment in modes}
	found = tenders.movements(filters.company, accounts, from_date, to_date, _cost_centers(filters))
	if filters.mode_of_payment:
		found = [row for row in found if row.mode in ("", filters.mode_of_payment)]
	currency = frappe.get_cached_value("Company", filters.company, "default_currency")
	rows = [
		{
			"day": row.day,
			"mode": row.mode,
			"account": row.account,
			"currency": currency,
			**{name: to_float(getattr(row, name)) for name, _label in _AMOUNTS},
		}
		for row in found
	]
	return _columns(), rows, _message(filters.company), _chart(rows, currency), _summary(filters, accounts)


def _cost_centers(filters: frappe._dict) -> list[str]:
	if not filters.department:
		return []
	found = [
		row.cost_center
		for row in settings_of(filters.company).departments
		if row.department == filters.department and row.cost_center
	]
	if not found:
		frappe.throw(
			_("{0} has no cost center of its own in Dealer Settings; its money cannot be told apart").format(
				_(filters.department)
			)
		)
	return found


def _columns() -> list[dict]:
	return [
		{"fieldname": "day", "label": _("Day"), "fieldtype": "Date", "width": 105},
		{
			"fieldname": "mode",
			"label": _("Mode of Payment"),
			"fieldtype": "Link",
			"options": "Mode of Payment",
			"width": 140,
		},
		{
			"fieldname": "account",
			"label": _("Account"),
			"fieldtype": "Link",
			"options": "Account",
			"width": 190,
		},
		*(
			{
				"fieldname": name,
				"label": _(label),
				"fieldtype": "Currency",
				"options": "currency",
				"width": 115,
			}
			for name, label in _AMOUNTS
		),
		{
			"fieldname": "currency",
			"label": _("Currency"),
			"fieldtype": "Link",
			"options": "Currency",
			"hidden": 1,
		},
	]


def _message(company: str) -> str | None:
	"""What the card provider owes, where the books and our card payments do not agree about it."""
	lines = []
	for row in tenders.with_provider(company):
		if not row.difference:
			continue
		line = _("{0}: the account says {1}, our card payments say {2}. {3} are not explained.").format(
			row.account, shown(row.ledger), shown(row.owed), shown(row.difference)
		)
		if row.unbooked:
			line += " " + _("{0} card payments are not booked").format(row.unbooked)
		lines.append(frappe.utils.escape_html(line))
	return "<br>".join(lines) or None


def _summary(filters: frappe._dict, accounts: dict[str, list[str]]) -> list[dict]:
	"""What stands on each account at the end, and of bank accounts what no statement has confirmed."""
	until = getdate(filters.to_date)
	waiting = tenders.not_cleared(filters.company, accounts)
	owed = {row.account: row for row in tenders.with_provider(filters.company)}
	found = []
	for account, balance in tenders.balances(filters.company, accounts, until).items():
		if not (balance or waiting.get(account) or (account in owed and owed[account].difference)):
			continue
		short = account.rpartition(" - ")[0] or account
		if account in owed:
			agrees = not owed[account].difference
			found.append(
				_figure(_("With the Provider: {0}").format(short), balance, "Blue" if agrees else "Red")
			)
		elif account in waiting:
			found.append(_figure(_("Not on a Statement Yet: {0}").format(short), waiting[account], "Orange"))
		else:
			found.append(_figure(_("On Hand: {0}").format(short), balance, "Green"))
	deposited = reconciling.on_the_way(filters.company)
	if deposited and not filters.mode_of_payment:
		found.append(_figure(_("Bank Deposits Not on a Statement Yet"), deposited, "Orange"))
	return found


def _figure(label: str, amount, indicator: str) -> dict:
	return {
		"label": label,
		"value": to_float(amount),
		"datatype": "Currency",
		"currency": amount.currency,
		"indicator": indicator,
	}


def _chart(rows: list[dict], currency: str) -> dict | None:
	"""What was taken, by way of paying."""
	sums: dict[str, float] = {}
	for row in rows:
		if row["received"]:
			label = row["mode"] or row["account"]
			sums[label] = sums.get(label, 0.0) + row["received"]
	if not sums:
		return None
	labels = sorted(sums, key=lambda name: -sums[name])
	return {
		"type": "bar",
		"data": {
			"labels": labels,
			"datasets": [{"name": _("Received"), "values": [sums[label] for label in labels]}],
		},
		"fieldtype": "Currency",
		"currency": currency,
	}
