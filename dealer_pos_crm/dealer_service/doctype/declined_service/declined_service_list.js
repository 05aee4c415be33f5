frappe.listview_settings["Declined Service"] = {
	hide_name_column: dealer.list.is_narrow(),
	add_fields: [
		"status",
		"severity",
		"price",
		"currency",
		"closed_reason",
		"kind",
		"deferred_until",
		"declined_on",
	],
	filters: [["status", "in", ["Open", "Booked"]]],
	onload(listview) {
		dealer.list.wide(listview, 7);
		dealer.list.sorted_by(listview, "declined_on", "desc");
	},
	get_indicator: (doc) => [
		dealer.declined.words_of(doc),
		dealer.declined.color_of(doc),
		`status,=,${doc.status}`,
	],
	formatters: {
		price: (value, df, doc) => dealer.money(value, doc.currency),
		declined_on: (value) => dealer.quiet(value),
	},
};
