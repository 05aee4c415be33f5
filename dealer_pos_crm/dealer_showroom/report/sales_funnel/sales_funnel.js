frappe.query_reports["Sales Funnel"] = {
	filters: [
		dealer.report_company(),
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			reqd: 1,
			default: frappe.datetime.add_days(frappe.datetime.get_today(), -90),
		},
		{
			fieldname: "to_date",
			label: __("To"),
			fieldtype: "Date",
			reqd: 1,
			default: frappe.datetime.get_today(),
		},
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
