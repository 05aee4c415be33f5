frappe.query_reports["Open We-Owes"] = {
	filters: [
		dealer.report_company(),
		{ fieldname: "salesperson", label: __("Salesperson"), fieldtype: "Link", options: "User" },
		{
			fieldname: "who_pays",
			label: __("Paid By"),
			fieldtype: "Select",
			options: ["", "Dealership", "Customer", "Vendor"].map((value) => ({
				value,
				label: __(value),
			})),
		},
		{ fieldname: "only_late", label: __("Only What Is Late"), fieldtype: "Check", default: 0 },
	],
	formatter(value, row, column, data, standard) {
		if (column.fieldname === "late" && data?.late > 0)
			return String(dealer.html`<span class="dlr-red">${data.late}</span>`);
		return standard(value, row, column, data);
	},
};
