frappe.listview_settings["Recall Lookup"] = {
	hide_name_column: true,
	get_indicator: (doc) => [
		__(doc.status),
		dealer.recall.lookup_color(doc.status),
		`status,=,${doc.status}`,
	],
};
