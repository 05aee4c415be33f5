frappe.listview_settings["Commission Entry"] = {
	hide_name_column: true,
	add_fields: ["status", "kind", "amount", "currency"],
	onload: (listview) => dealer.list.wide(listview, 9),
	get_indicator: (doc) => [
		__(doc.status),
		{ Accrued: "orange", Posted: "blue", Paid: "green" }[doc.status] || "gray",
		`status,=,${doc.status}`,
	],
};
