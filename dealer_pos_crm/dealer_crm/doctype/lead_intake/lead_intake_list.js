frappe.listview_settings["Lead Intake"] = {
	hide_name_column: dealer.list.is_narrow(),
	add_fields: ["status", "reason", "channel", "provider", "lead", "received_at"],
	onload(listview) {
		dealer.list.wide(listview, 6);
		dealer.list.sorted_by(listview, "received_at", "desc");
		if (!frappe.model.can_write("Lead Intake")) return;
		listview.page.add_inner_button(__("Read Files"), () =>
			dealer.lead_intake.pick_files(() => dealer.list.again(listview))
		);
		listview.page.add_actions_menu_item(__("Retry"), () => {
			const names = listview.get_checked_items(true);
			dealer.lead_intake.retry(names, () => dealer.list.again(listview));
		});
	},
	get_indicator: (doc) => [
		__(doc.status),
		dealer.lead_intake.color_of(doc.status),
		`status,=,${doc.status}`,
	],
	formatters: {
		received_at: (value) => dealer.quiet(value),
		lead: (value, df, doc) =>
			value ? dealer.link("Lead", value) : dealer.html`<span class="text-muted">${doc.reason}</span>`,
	},
};
