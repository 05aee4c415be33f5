"""What a scenario comes to."""

from dataclasses import fields

from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_showroom.worksheet import taxes
from dealer_pos_crm.dealer_showroom.worksheet.reading import worksheet_of
from dealer_pos_crm.domain.worksheet import Totals, Worksheet, check, settle

# Once asked for approval a scenario is what was written down; a tax rate may change later.
FROZEN = frozenset({"To Approve", "Approved", "Replaced"})

FIELDS = {
	"subtotal": "subtotal",
	"taxes": "tax_total",
	"total": "total",
	"allowance": "trade_allowance",
	"payoff": "trade_payoff",
	"equity": "trade_equity",
	"deposits": "deposits",
	"cash_down": "cash_down",
	"financed": "amount_financed",
	"balance": "balance",
	"payment": "payment",
	"last_payment": "last_payment",
	"finance_charge": "finance_charge",
	"total_of_payments": "total_of_payments",
	"due_at_signing": "due_at_signing",
}


def totals(scenario) -> Totals:
	"""All figures of a scenario, exact. Of one that is frozen as they were when approval was asked.

	Raises ``Refused`` where the scenario is no deal yet (see ``domain.worksheet.settle``).
	"""
	if scenario.status in FROZEN:
		return stored(scenario)
	return computed(scenario)[2]


def stored(scenario) -> Totals:
	return Totals(
		**{
			field.name: rounded(scenario.get(FIELDS[field.name]), scenario.currency)
			for field in fields(Totals)
		}
	)


def computed(scenario) -> tuple[Worksheet, taxes.Taxed, Totals]:
	"""A scenario computed afresh."""
	sheet = worksheet_of(scenario)
	# The engine would tax nonsense without a word, so what is no deal is refused before it runs.
	check(sheet)
	taxed = taxes.compute(scenario, sheet)
	return sheet, taxed, settle(sheet, taxed.total)


def write(scenario, taxed: taxes.Taxed, found: Totals) -> None:
	"""Put what was computed into the scenario's fields; saving is the caller's."""
	for name, field in FIELDS.items():
		scenario.set(field, to_float(getattr(found, name)))
	scenario.set("taxes", [])
	for row in taxed.rows:
		scenario.append(
			"taxes",
			{
				"account_head": row.account_head,
				"description": row.description[:140],
				"rate": row.rate,
				"charge_type": row.charge_type,
				"row_id": row.row_id,
				"included": int(row.included),
				"cost_center": row.cost_center,
				"amount": to_float(row.amount),
				"currency": scenario.currency,
			},
		)
