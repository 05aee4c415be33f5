frappe.listview_settings["Gateway Event"] = {
	hide_name_column: dealer.list.is_narrow(),
	add_fields: ["status", "reason", "event_type", "test_mode", "received_at", "reference_doctype", "reference_name"],
	onload(listview) {
		dealer.list.wide(listview, 6);
		dealer.list.sorted_by(listview, "received_at", "desc");
		if (!dealer.gateway.event.may_retry()) return;
		listview.page.add_actions_menu_item(__("Try Again"), () => {
			const names = listview.get_checked_items(true);
			dealer.gateway.event.retry(names, () => dealer.list.again(listview));
		});
	},
	get_indicator: (doc) => [
		__(doc.status),
		dealer.gateway.event.color_of(doc.status),
		`status,=,${doc.status}`,
	],
	formatters: { received_at: (value) => dealer.quiet(value) },
};
