frappe.listview_settings["Pay Request"] = {
	hide_name_column: dealer.list.is_narrow(),
	add_fields: ["status", "amount", "paid_amount", "currency", "expires_at", "opened_on", "test_mode", "what"],
	onload: (listview) => dealer.list.wide(listview, 6),
	refresh(listview) {
		if (!frappe.model.can_create("Pay Request")) return;
		listview.page.set_primary_action(__("Ask for a Payment"), () => dealer.pay_request.free(), "add");
	},
	get_indicator: (doc) => [
		__(doc.status),
		dealer.pay_request.color_of(doc.status),
		`status,=,${doc.status}`,
	],
	formatters: {
		what: (value, df, doc) => (doc.test_mode ? __("{0} (test)", [value]) : value),
	},
};
