frappe.listview_settings["Bank Deposit"] = {
	add_fields: ["currency"],
	get_indicator: (doc) => [
		__(doc.status),
		{ "At the Bank": "orange", Reconciled: "green" }[doc.status] || "gray",
		`status,=,${doc.status}`,
	],
	onload(listview) {
		dealer.list.sorted_by(listview, "deposit_date", "desc");
		dealer.list.columns(listview, ["deposit_date", "bank_account", "total_amount", "slip_no"]);
	},
};
