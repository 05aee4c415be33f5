frappe.listview_settings["Follow Up"] = {
	hide_name_column: true,
	add_fields: ["status", "due_at", "owner_user", "customer", "priority"],
	filters: [["status", "=", "Open"]],
	onload(listview) {
		dealer.list.wide(listview, 6);
		dealer.list.sorted_by(listview, "due_at", "asc");
	},
	get_indicator(doc) {
		return [...dealer.follow_up.follow_up_color(doc), `status,=,${doc.status}`];
	},
	formatters: {
		due_at: (value, df, doc) => dealer.follow_up.due(doc),
	},
};
