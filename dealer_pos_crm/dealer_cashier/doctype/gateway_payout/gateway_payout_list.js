frappe.listview_settings["Gateway Payout"] = {
	add_fields: ["test_mode", "currency"],
	get_indicator: (doc) => [
		doc.test_mode ? __("{0}, test", [__(doc.status)]) : __(doc.status),
		dealer.payout.color(doc.status),
		`status,=,${doc.status}`,
	],
	onload(listview) {
		dealer.list.sorted_by(listview, "arrival_date", "desc");
		dealer.list.columns(listview, ["payout_id", "arrival_date", "amount", "exception_count"]);
	},
};
