frappe.listview_settings["Deal Gross"] = {
	add_fields: ["state", "front_gross", "back_gross", "total_gross", "currency"],
	onload: (listview) => dealer.list.wide(listview, 7),
	get_indicator: (doc) => [
		__(doc.state),
		{ Expected: "gray", Delivered: "green", Unwound: "red" }[doc.state] || "gray",
		`state,=,${doc.state}`,
	],
};
