frappe.listview_settings["Dealer Vehicle"] = {
	hide_name_column: true,
	add_fields: ["status", "vin", "stock_number", "price", "currency", "held_for", "hold_until"],
	onload: (listview) => dealer.list.wide(listview, 7),
	get_indicator: (doc) => [
		__(doc.status),
		dealer.vehicle.color_of(doc.status),
		`status,=,${doc.status}`,
	],
	formatters: {
		price: (value, df, doc) => (value ? dealer.money(value, doc.currency) : ""),
		hold_until: (value) => dealer.until(value),
	},
};
