frappe.listview_settings["Card Payment"] = {
	add_fields: ["test_mode", "booking", "currency", "status", "amount", "customer_name"],
	get_indicator: (doc) => dealer.card_payment.indicator(doc),
	onload(listview) {
		dealer.list.sorted_by(listview, "creation", "desc");
		dealer.list.columns(listview, ["customer_name", "amount", "booking"]);
	},
};
