frappe.listview_settings["Card Refund"] = {
	add_fields: ["status", "amount", "currency", "customer", "card_payment", "test_mode"],
	get_indicator: (doc) => [__(doc.status), dealer.refund.color_of(doc.status), `status,=,${doc.status}`],
	formatters: {
		amount: (value, df, doc) => dealer.money(value, doc.currency),
	},
};
