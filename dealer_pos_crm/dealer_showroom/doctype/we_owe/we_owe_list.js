frappe.listview_settings["We Owe"] = {
	hide_name_column: dealer.list.is_narrow(),
	add_fields: ["status", "promised_on", "customer_name"],
	onload(listview) {
		dealer.list.wide(listview, 4);
		listview.page.add_inner_button(__("Open We-Owes"), () =>
			frappe.set_route("query-report", "Open We-Owes")
		);
	},
	get_indicator: (doc) => [
		__(doc.status),
		dealer.floor.color_of("We Owe", doc.status),
		`status,=,${doc.status}`,
	],
};
