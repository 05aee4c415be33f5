frappe.listview_settings["Dispute Case"] = {
	hide_name_column: dealer.list.is_narrow(),
	add_fields: ["status", "round", "due_by", "amount", "currency", "test_mode", "reason", "booking"],
	filters: [["status", "not in", ["Won", "Lost", "Closed"]]],
	onload(listview) {
		dealer.list.wide(listview, 7);
		dealer.list.sorted_by(listview, "due_by", "asc");
	},
	get_indicator: (doc) => [
		doc.test_mode ? __("{0} (test mode)", [__(doc.status)]) : __(doc.status),
		dealer.dispute.color_of(doc.status),
		`status,=,${doc.status}`,
	],
	formatters: {
		due_by: (value, df, doc) =>
			dealer.dispute.OPEN.includes(doc.status) ? dealer.dispute.due(value) : "",
	},
};
