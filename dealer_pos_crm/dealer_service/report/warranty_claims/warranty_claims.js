frappe.query_reports["Warranty Claims"] = {
	filters: [
		dealer.report_company(),
		{
			fieldname: "status",
			label: __("Status"),
			fieldtype: "Select",
			options: ["", "To Submit", "Submitted", "Partly Paid", "Paid", "Denied"],
		},
		{ fieldname: "manufacturer", label: __("Manufacturer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "everything", label: __("Also What Is Settled"), fieldtype: "Check" },
	],
	formatter(value, row, column, data, standard) {
		const shown = standard(value, row, column, data);
		if (column.fieldname === "age" && data && data.open_amount > 0 && data.age > 60) {
			return `<b class="text-danger">${shown}</b>`;
		}
		return shown;
	},
};
