frappe.listview_settings["Deposit Action"] = {
	add_fields: ["status", "action", "amount", "currency", "requested_by", "requested_at"],
	get_indicator: (doc) => [
		__(doc.status),
		dealer.deposit.action_color(doc.status),
		`status,=,${doc.status}`,
	],
	formatters: {
		action: (value) => __(value),
		amount: (value, df, doc) => dealer.money(value, doc.currency),
	},
};
