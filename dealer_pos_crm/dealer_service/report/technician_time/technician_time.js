frappe.query_reports["Technician Time"] = {
	filters: [
		dealer.report_company(),
		...dealer.report_period(frappe.datetime.month_start()),
		{
			fieldname: "technician",
			label: __("Technician"),
			fieldtype: "Link",
			options: "User",
		},
	],
};
