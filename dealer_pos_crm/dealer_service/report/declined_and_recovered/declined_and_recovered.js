frappe.query_reports["Declined and Recovered"] = {
	filters: [
		dealer.report_company(),
		...dealer.report_period(frappe.datetime.add_months(frappe.datetime.month_start(), -5), {
			label: __("First Declined From"),
		}),
		{
			fieldname: "group_by",
			label: __("By"),
			fieldtype: "Select",
			options: ["Month", "Advisor", "Severity", "Service", "Each One"].map((value) => ({
				value,
				label: __(value),
			})),
			default: "Month",
		},
		{ fieldname: "advisor", label: __("Advisor"), fieldtype: "Link", options: "User" },
		{
			fieldname: "severity",
			label: __("Severity"),
			fieldtype: "Select",
			options: ["", "Red", "Yellow", "Green"].map((value) => ({ value, label: __(value) })),
		},
		{
			fieldname: "op_code",
			label: __("Op Code"),
			fieldtype: "Link",
			options: "Labor Operation",
		},
	],
	formatter(value, row, column, data, standard) {
		if (column.fieldname !== "group" || !data?.key) return standard(value, row, column, data);
		return String(
			dealer.html`<a href="#" data-dlr="drill" data-key="${data.key}">${data.group}</a>`
		);
	},
	onload(report) {
		report.page.wrapper.on("click.dlr", "[data-dlr=drill]", (event) => {
			event.preventDefault();
			const key = event.currentTarget.dataset.key;
			const by = report.get_filter_value("group_by");
			const narrower = { group_by: "Each One" };
			if (by === "Month") {
				const first = `${key}-01`;
				const last = frappe.datetime.add_days(frappe.datetime.add_months(first, 1), -1);
				const { from_date, to_date } = report.get_filter_values();
				narrower.from_date = first > from_date ? first : from_date;
				narrower.to_date = last < to_date ? last : to_date;
			} else if (by === "Advisor") narrower.advisor = key;
			else if (by === "Severity") narrower.severity = key;
			else if (by === "Service") return frappe.set_route("List", "Declined Service", service(key));
			report.set_filter_value(narrower);
		});
		function service(key) {
			const { company, from_date, to_date } = report.get_filter_values();
			return {
				company,
				first_declined_on: ["Between", [from_date, to_date]],
				status: ["in", ["Open", "Booked", "Recovered", "Closed"]],
				...(locals_has(key) ? { labor_operation: key } : { service_name: key }),
			};
		}
		function locals_has(key) {
			return report.data?.some((row) => row.key === key && row.group !== key);
		}
	},
};
