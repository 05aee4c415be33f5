frappe.query_reports["Recon Ageing"] = {
	filters: [
		dealer.report_company(),
		{
			fieldname: "department",
			label: __("Department"),
			fieldtype: "Select",
			options: ["", "Service", "Detail", "Body", "Photos", "Sales", "Parts"],
		},
		{
			fieldname: "owner_user",
			label: __("Step Owner"),
			fieldtype: "Link",
			options: "User",
		},
		{
			fieldname: "only_late",
			label: __("Only Late"),
			fieldtype: "Check",
		},
	],
	formatter(value, row, column, data, standard) {
		if (column.fieldname === "vehicle" && value) {
			const href = encodeURI(frappe.utils.get_form_link("Dealer Vehicle", value));
			return `<a href="${href}">${frappe.utils.escape_html(data?.title || value)}</a>`;
		}
		const shown = standard(value, row, column, data);
		if (column.fieldname === "days" && data?.late) return `<b class="text-danger">${shown}</b>`;
		if (column.fieldname === "why" && data?.why) return `<span class="text-danger">${shown}</span>`;
		return shown;
	},
};
