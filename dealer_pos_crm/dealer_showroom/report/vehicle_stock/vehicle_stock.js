frappe.query_reports["Vehicle Stock"] = {
	filters: [
		dealer.report_company(),
		{
			fieldname: "status",
			label: __("Status"),
			fieldtype: "Select",
			options: ["", "In Recon", "Front-line Ready", "On Hold"],
		},
		{
			fieldname: "condition",
			label: __("Condition"),
			fieldtype: "Select",
			options: ["", "New", "Certified", "Used"],
		},
		{
			fieldname: "age",
			label: __("Days in Stock"),
			fieldtype: "Select",
			options: ["", "0-30", "31-60", "61-90", "91+"],
		},
	],
	formatter(value, row, column, data, standard) {
		if (column.fieldname === "vehicle" && value) {
			const href = encodeURI(frappe.utils.get_form_link("Dealer Vehicle", value));
			return `<a href="${href}">${frappe.utils.escape_html(data?.title || value)}</a>`;
		}
		const shown = standard(value, row, column, data);
		if (column.fieldname === "days" && data?.days > 60) {
			return `<span class="${data.days > 90 ? "text-danger" : "text-warning"}">${shown}</span>`;
		}
		return shown;
	},
};
