"""Our fields for the counter: shifts, receipts, what is handed over, and which car a part was sold for."""

_INSTRUMENTS = "\nCurrency\nPersonal Check\nCashier's Check\nBank Draft\nTraveler's Check\nMoney Order"


def _link(fieldname: str, options: str, *, after: str, label: str | None = None, **more) -> dict:
	"""What an action of ours writes, shown where there is one."""
	return {
		"fieldname": fieldname,
		"fieldtype": "Link",
		"label": label or options,
		"options": options,
		"search_index": 1,
		"no_copy": 1,
		"read_only": 1,
		"print_hide": 1,
		"depends_on": fieldname,
		"insert_after": after,
		**more,
	}


FIELDS: dict[str, list[dict]] = {
	"Customer": [
		{
			"fieldname": "dealer_no_checks",
			"fieldtype": "Check",
			"label": "No Checks Taken",
			"read_only": 1,
			"no_copy": 1,
			"description": "A check of theirs came back from the bank",
			"insert_after": "dealer_bdc_owner",
		},
	],
	"POS Profile": [
		{
			"fieldname": "dealer_section",
			"fieldtype": "Section Break",
			"label": "Dealership",
			"insert_after": "company_address",
		},
		{
			"fieldname": "dealer_counter",
			"fieldtype": "Check",
			"label": "Dealership Counter",
			"description": "Deposits, repair orders, deals and the customer's balance at this point of sale. Without it the screen is ERPNext's own",
			"insert_after": "dealer_section",
		},
		{
			"fieldname": "dealer_column",
			"fieldtype": "Column Break",
			"insert_after": "dealer_counter",
		},
		{
			"fieldname": "dealer_blind_count",
			"fieldtype": "Check",
			"label": "Count Before the Expected Amounts Are Shown",
			"depends_on": "dealer_counter",
			"insert_after": "dealer_column",
		},
	],
	"Mode of Payment": [
		{
			"fieldname": "dealer_instrument",
			"fieldtype": "Select",
			"label": "Instrument",
			"options": _INSTRUMENTS,
			"description": "What is handed over at the counter. Notes and coins, and checks of a bank, count as cash by law (Form 8300); a personal check does not",
			"insert_after": "type",
		},
	],
	"Payment Entry": [
		_link("dealer_counter_receipt", "Counter Receipt", after="dealer_pay_request", in_standard_filter=1),
		_link("dealer_shift", "POS Opening Entry", after="dealer_counter_receipt", label="Shift"),
		{
			"fieldname": "dealer_instrument",
			"fieldtype": "Select",
			"label": "Instrument",
			"options": _INSTRUMENTS,
			"no_copy": 1,
			"read_only": 1,
			"print_hide": 1,
			"depends_on": "dealer_instrument",
			"insert_after": "dealer_shift",
		},
		{
			"fieldname": "dealer_face_value",
			"fieldtype": "Currency",
			"label": "Face Value",
			"options": "paid_from_account_currency",
			"no_copy": 1,
			"read_only": 1,
			"print_hide": 1,
			"depends_on": "dealer_face_value",
			"insert_after": "dealer_instrument",
		},
		_link("dealer_counter_refund", "Counter Refund", after="dealer_face_value"),
		_link("dealer_bank_deposit", "Bank Deposit", after="dealer_counter_refund"),
		_link("dealer_returned_check", "Returned Check", after="dealer_bank_deposit"),
		{**_link("dealer_cash_report", "Cash Report", after="dealer_returned_check"), "hidden": 1},
	],
	"POS Opening Entry": [
		{
			"fieldname": "dealer_closing",
			"fieldtype": "Data",  # a link would keep the closing from being cancelled, as with ERPNext's own
			"label": "Being Closed By",
			"no_copy": 1,
			"read_only": 1,
			"hidden": 1,
			"print_hide": 1,
			"insert_after": "pos_closing_entry",
		},
	],
	"POS Closing Entry": [
		_link("dealer_shift_count", "Shift Count", after="pos_opening_entry"),
	],
	"POS Invoice Item": [
		{
			"fieldname": "dealer_vehicle",
			"fieldtype": "Link",
			"label": "Vehicle",
			"options": "Dealer Vehicle",
			"search_index": 1,
			"print_hide": 1,
			"insert_after": "description",
		},
	],
	"Sales Invoice Item": [
		{
			"fieldname": "dealer_vehicle",
			"fieldtype": "Link",
			"label": "Vehicle",
			"options": "Dealer Vehicle",
			"search_index": 1,
			"print_hide": 1,
			"depends_on": "dealer_vehicle",
			"insert_after": "dealer_job_no",
		},
	],
	"POS Invoice": [
		_link("dealer_shift", "POS Opening Entry", after="return_against", label="Shift"),
		_link("dealer_bank_deposit", "Bank Deposit", after="dealer_shift"),
	],
	"Journal Entry": [
		_link("dealer_shift_count", "Shift Count", after="dealer_gateway_payout"),
		_link("dealer_bank_deposit", "Bank Deposit", after="dealer_shift_count"),
		_link("dealer_returned_check", "Returned Check", after="dealer_bank_deposit"),
	],
}
