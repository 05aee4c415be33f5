frappe.query_reports["Payout Reconciliation"] = {
	filters: [
		dealer.report_company(),
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			reqd: 1,
			default: frappe.datetime.add_days(frappe.datetime.get_today(), -30),
		},
		{
			fieldname: "to_date",
			label: __("To"),
			fieldtype: "Date",
			reqd: 1,
			default: frappe.datetime.get_today(),
		},
		{
			fieldname: "mode_of_payment",
			label: __("Mode of Payment"),
			fieldtype: "Link",
			options: "Mode of Payment",
		},
		{
			fieldname: "department",
			label: __("Department"),
			fieldtype: "Select",
			options: ["", "Sales", "F&I", "Service", "Parts", "BDC", "Accounting"],
		},
	],
};
