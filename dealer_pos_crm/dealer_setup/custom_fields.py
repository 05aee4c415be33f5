"""Our fields on ERPNext's doctypes, as data. Applied by ``install``, removed by ``uninstall``."""

MODULE = "Dealer Setup"

CUSTOM_FIELDS: dict[str, list[dict]] = {
	"Customer": [
		{
			"fieldname": "dealer_tab",
			"fieldtype": "Tab Break",
			"label": "Dealership",
			"insert_after": "customer_details",
		},
		{
			"fieldname": "dealer_overview",
			"fieldtype": "HTML",
			"label": "Overview",
			"insert_after": "dealer_tab",
		},
		{
			"fieldname": "dealer_owners_section",
			"fieldtype": "Section Break",
			"label": "Owners",
			"insert_after": "dealer_overview",
		},
		{
			"fieldname": "dealer_sales_owner",
			"fieldtype": "Link",
			"label": "Sales Owner",
			"options": "User",
			"insert_after": "dealer_owners_section",
			"search_index": 1,
			"ignore_user_permissions": 1,
		},
		{
			"fieldname": "dealer_owners_column",
			"fieldtype": "Column Break",
			"insert_after": "dealer_sales_owner",
		},
		{
			"fieldname": "dealer_service_owner",
			"fieldtype": "Link",
			"label": "Service Owner",
			"options": "User",
			"insert_after": "dealer_owners_column",
			"search_index": 1,
			"ignore_user_permissions": 1,
		},
		{
			"fieldname": "dealer_owners_column_2",
			"fieldtype": "Column Break",
			"insert_after": "dealer_service_owner",
		},
		{
			"fieldname": "dealer_bdc_owner",
			"fieldtype": "Link",
			"label": "BDC Owner",
			"options": "User",
			"insert_after": "dealer_owners_column_2",
			"search_index": 1,
			"ignore_user_permissions": 1,
		},
	],
	"Payment Entry": [
		{
			"fieldname": "dealer_deposit",
			"fieldtype": "Link",
			"label": "Deposit",
			"options": "Deposit",
			"insert_after": "party_name",
			"search_index": 1,
			"no_copy": 1,
			"read_only": 1,
			"print_hide": 1,
			"in_standard_filter": 1,
			"depends_on": "dealer_deposit",
		},
		{
			"fieldname": "dealer_refund_of",
			"fieldtype": "Link",
			"label": "Refund Of",
			"options": "Payment Entry",
			"insert_after": "dealer_deposit",
			"search_index": 1,
			"no_copy": 1,
			"read_only": 1,
			"print_hide": 1,
			"depends_on": "dealer_refund_of",
		},
		{
			"fieldname": "dealer_vehicle",
			"fieldtype": "Link",
			"label": "Dealer Vehicle",
			"options": "Dealer Vehicle",
			"insert_after": "dealer_refund_of",
			"search_index": 1,
			"no_copy": 1,
			"read_only": 1,
			"print_hide": 1,
			"depends_on": "dealer_vehicle",
		},
	],
	"Sales Invoice": [
		{
			"fieldname": "dealer_vehicle",
			"fieldtype": "Link",
			"label": "Dealer Vehicle",
			"options": "Dealer Vehicle",
			"insert_after": "customer_name",
			"search_index": 1,
			"in_standard_filter": 1,
			"print_hide": 1,
		},
		{
			"fieldname": "dealer_forfeited_deposit",
			"fieldtype": "Link",
			"label": "Forfeited Deposit",
			"options": "Deposit",
			"insert_after": "dealer_vehicle",
			"search_index": 1,
			"no_copy": 1,
			"read_only": 1,
			"print_hide": 1,
			"depends_on": "dealer_forfeited_deposit",
		},
	],
}


def rows() -> dict[str, list[dict]]:
	"""The fields as Frappe wants them: each with the module that owns it."""
	return {
		doctype: [{**row, "module": MODULE, "translatable": 0} for row in fields]
		for doctype, fields in CUSTOM_FIELDS.items()
	}
