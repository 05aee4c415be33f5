frappe.listview_settings["Payment Attempt"] = {
	add_fields: ["test_mode", "status", "amount", "currency", "about_doctype", "about_name"],
	get_indicator: (doc) => [
		doc.test_mode ? __("{0}, test", [__(doc.status)]) : __(doc.status),
		dealer.card_payment.call_color(doc.status),
		`status,=,${doc.status}`,
	],
	onload(listview) {
		dealer.list.sorted_by(listview, "creation", "desc");
		dealer.list.columns(listview, ["about_name", "amount"]);
	},
};
