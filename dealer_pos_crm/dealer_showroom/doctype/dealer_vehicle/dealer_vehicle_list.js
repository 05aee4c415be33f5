const IN_STOCK = ["In Recon", "Front-line Ready", "On Hold"];

frappe.listview_settings["Dealer Vehicle"] = {
	hide_name_column: true,
	add_fields: [
		"status",
		"vin",
		"stock_number",
		"price",
		"currency",
		"held_for",
		"hold_until",
		"photo",
		"acquired_on",
	],
	onload: (listview) => dealer.list.wide(listview, 8),
	get_indicator: (doc) => [
		__(doc.status),
		dealer.vehicle.color_of(doc.status),
		`status,=,${doc.status}`,
	],
	formatters: {
		stock_number: (value, df, doc) => String(dealer.vehicle.with_photo(value, doc.photo)),
		price: (value, df, doc) => (value ? dealer.money(value, doc.currency) : ""),
		acquired_on: (value, df, doc) =>
			IN_STOCK.includes(doc.status) ? String(dealer.vehicle.days_in_stock(value)) : "",
		hold_until: (value) => dealer.until(value),
	},
};
