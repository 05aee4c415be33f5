frappe.query_reports["Title Work Overdue"] = {
	filters: [
		dealer.report_company(),
		{ fieldname: "within", label: __("Also Due Within (days)"), fieldtype: "Int", default: 0 },
		{
			fieldname: "kind",
			label: __("Kind"),
			fieldtype: "Select",
			options: ["", "Sold Car", "Trade-in", "Bought Car"].map((value) => ({
				value,
				label: __(value),
			})),
		},
		{
			fieldname: "holder",
			label: __("Who Has the Papers"),
			fieldtype: "Select",
			options: [
				"",
				"Dealership",
				"Customer",
				"Former Lender",
				"Lender",
				"Registration Office",
				"Auction",
			].map((value) => ({ value, label: __(value) })),
		},
	],
	formatter(value, row, column, data, standard) {
		const shown = standard(value, row, column, data);
		if (column.fieldname === "late" && data?.late > 0)
			return `<span class="dlr-red">${shown}</span>`;
		if (column.fieldname === "temporary_until" && data?.tag_ends)
			return `<span class="dlr-red">${shown}</span>`;
		return shown;
	},
};
