frappe.query_reports["Payout Reconciliation"] = {
	filters: [
		dealer.report_company(),
		...dealer.report_period(frappe.datetime.add_days(frappe.datetime.get_today(), -30)),
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
