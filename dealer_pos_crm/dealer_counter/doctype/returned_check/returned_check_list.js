frappe.listview_settings["Returned Check"] = {
	add_fields: ["currency"],
	hide_name_column: false,
	get_indicator: (doc) => [
		__(doc.status),
		{ Open: "red", "Made Good": "green" }[doc.status] || "gray",
		`status,=,${doc.status}`,
	],
	onload(listview) {
		dealer.list.sorted_by(listview, "returned_on", "desc");
		dealer.list.columns(listview, ["returned_on", "check_no", "amount", "reason"]);
	},
};
