"""What a stock car has cost: as ERPNext's stock knows it for a serial number, else as it was entered."""

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import flt

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.stock import Cost

# Who reads what a car has cost: the readers of level 1 of Dealer Vehicle.
SEES_COST = frozenset({roles.SALES_MANAGER, roles.MANAGER, roles.ACCOUNTANT, roles.FNI, "System Manager"})


def sees_cost() -> bool:
	return bool(SEES_COST & set(frappe.get_roles()))


@dataclass(frozen=True)
class Sourced:
	"""An amount, and where it comes from in words."""

	amount: Money
	source: str


def of(car) -> Cost:
	"""The parts of a car's cost. ``car`` has name, company, the three amounts and ``serial_no``."""
	currency = company_currency(car.company)
	return Cost(
		acquisition(car).amount,
		rounded(car.recon_cost, currency),
		rounded(car.other_cost, currency),
	)


def acquisition(car) -> Sourced:
	"""What was paid for the car. A serial number with a value in the stock ledger is worth what it came in at."""
	currency = company_currency(car.company)
	rate = _valuation(car.serial_no) if car.serial_no else 0
	if rate:
		return Sourced(
			rounded(rate, currency), _("Stock valuation of serial number {0}").format(car.serial_no)
		)
	return Sourced(rounded(car.acquisition_cost, currency), _("Acquisition cost of the car"))


def _valuation(serial_no: str) -> float:
	"""The rate at which the serial number last came into stock; zero when it never did."""
	rows = frappe.db.sql(
		"""select e.incoming_rate from `tabSerial and Batch Entry` e
		join `tabSerial and Batch Bundle` b on b.name = e.parent
		where e.serial_no = %s and b.docstatus = 1 and b.is_cancelled = 0
			and b.type_of_transaction = 'Inward'
		order by b.posting_date desc, b.posting_time desc, b.creation desc limit 1""",
		serial_no,
	)
	if rows and flt(rows[0][0]):
		return flt(rows[0][0])
	return flt(frappe.db.get_value("Serial No", serial_no, "purchase_rate"))
