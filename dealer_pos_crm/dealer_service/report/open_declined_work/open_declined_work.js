frappe.query_reports["Open Declined Work"] = {
	filters: [
		dealer.report_company(),
		{ fieldname: "advisor", label: __("Advisor"), fieldtype: "Link", options: "User" },
		{
			fieldname: "severity",
			label: __("Severity"),
			fieldtype: "Select",
			options: ["", "Red", "Yellow", "Green"].map((value) => ({ value, label: __(value) })),
		},
		{
			fieldname: "only_due",
			label: __("Only What Is Due"),
			fieldtype: "Check",
			default: 0,
		},
	],
	formatter(value, row, column, data, standard) {
		if (column.fieldname === "severity" && data) return String(dealer.declined.severity(data.severity));
		if (column.fieldname === "call_due" && data?.call_due) return String(dealer.until(data.call_due));
		return standard(value, row, column, data);
	},
};
