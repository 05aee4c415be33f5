frappe.listview_settings["Vehicle Inspection"] = {
	hide_name_column: dealer.list.is_narrow(),
	add_fields: ["status", "red", "yellow", "green"],
	onload: (listview) => dealer.list.wide(listview, 7),
	get_indicator: (doc) => [
		__(doc.status),
		doc.status === "Done" ? (doc.red ? "red" : doc.yellow ? "yellow" : "green") : "blue",
		`status,=,${doc.status}`,
	],
};
