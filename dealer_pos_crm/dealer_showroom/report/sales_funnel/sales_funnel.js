frappe.query_reports["Sales Funnel"] = {
	filters: [
		dealer.report_company(),
		...dealer.report_period(frappe.datetime.add_days(frappe.datetime.get_today(), -90)),
		{
			fieldname: "group_by",
			label: __("By"),
			fieldtype: "Select",
			options: ["Stage", "Month", "Source", "Salesperson", "Lead Type"].map((value) => ({
				value,
				label: __(value),
			})),
			default: "Stage",
		},
		{ fieldname: "source", label: __("Source"), fieldtype: "Link", options: "Lead Source" },
		{ fieldname: "salesperson", label: __("Salesperson"), fieldtype: "Link", options: "User" },
		{
			fieldname: "lead_type",
			label: __("Lead Type"),
			fieldtype: "Select",
			options: ["", "Internet", "Phone", "Walk-in", "Service", "Referral", "Previous"].map(
				(value) => ({ value, label: __(value) })
			),
		},
	],
};
