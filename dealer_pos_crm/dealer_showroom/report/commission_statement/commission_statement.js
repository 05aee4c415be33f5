frappe.query_reports["Commission Statement"] = {
	filters: [
		dealer.report_company(),
		...dealer.report_period(frappe.datetime.month_start(), { to: frappe.datetime.month_end() }),
		...(dealer.commission.sees_all()
			? [{ fieldname: "user", label: __("Person"), fieldtype: "Link", options: "User" }]
			: []),
	],
	onload: (report) => dealer.commission.statement(report),
	formatter(value, row, column, data, standard) {
		if (["share", "amount"].includes(column.fieldname) && [null, undefined, ""].includes(value)) return "";
		const shown = standard(value, row, column, data);
		return data?.bold ? `<b>${shown}</b>` : shown;
	},
};
