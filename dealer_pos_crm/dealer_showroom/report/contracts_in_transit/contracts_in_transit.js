frappe.query_reports["Contracts in Transit"] = {
	filters: [
		dealer.report_company(),
		{ fieldname: "lender", label: __("Lender"), fieldtype: "Link", options: "Dealer Lender" },
		{
			fieldname: "funding_status",
			label: __("Funding"),
			fieldtype: "Select",
			options: ["", "Not Sent", "Sent", "Returned", "Short-funded", "Funded"],
		},
		{ fieldname: "also_funded", label: __("Also What Is Funded"), fieldtype: "Check" },
	],
	formatter(value, row, column, data, standard) {
		const shown = standard(value, row, column, data);
		if (column.fieldname === "late" && data) {
			return data.late > 0 ? `<b class="text-danger">${shown}</b>` : "";
		}
		return shown;
	},
};
