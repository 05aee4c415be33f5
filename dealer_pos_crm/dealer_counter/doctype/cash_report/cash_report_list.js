frappe.listview_settings["Cash Report"] = {
	hide_name_column: dealer.list.is_narrow(),
	add_fields: ["status", "due_on", "cash_amount", "currency", "crossed_on", "customer_name"],
	filters: [["status", "=", "To File"]],
	async onload(listview) {
		dealer.list.wide(listview, 7);
		dealer.list.sorted_by(listview, "due_on", "asc");
		await frappe.require("dealer_counter.bundle.js");
		if (frappe.model.can_write("Cash Report")) {
			listview.page.add_inner_button(__("Year-end Notices"), () => dealer.counter.cash_report.notices.open());
		}
	},
	formatters: {
		due_on: (value, df, doc) =>
			doc.status === "To File" && dealer.counter?.cash_report
				? String(dealer.counter.cash_report.due(value))
				: frappe.format(value, df),
	},
	get_indicator: (doc) => [
		__(doc.status),
		{ Watching: "blue", "To File": "orange", Filed: "green" }[doc.status] || "gray",
		`status,=,${doc.status}`,
	],
};
