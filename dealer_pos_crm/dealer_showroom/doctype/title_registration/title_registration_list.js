frappe.listview_settings["Title Registration"] = {
	hide_name_column: dealer.list.is_narrow(),
	add_fields: [
		"status",
		"due_on",
		"holder",
		"kind",
		"customer_name",
		"vehicle",
		"temporary_until",
	],
	onload(listview) {
		dealer.list.wide(listview, 6);
		dealer.list.sorted_by(listview, "due_on", "asc");
		listview.page.add_inner_button(__("Overdue"), () =>
			frappe.set_route("query-report", "Title Work Overdue")
		);
	},
	get_indicator(doc) {
		if (dealer.floor.title_is_late(doc))
			return [__("{0}, overdue", [__(doc.status)]), "red", `status,=,${doc.status}`];
		return [
			__(doc.status),
			dealer.floor.color_of("Title Registration", doc.status),
			`status,=,${doc.status}`,
		];
	},
};
