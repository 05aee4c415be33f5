frappe.listview_settings["Counter Receipt"] = {
	hide_name_column: false,
	add_fields: ["status", "amount", "currency", "customer_name"],
	onload: (listview) => dealer.list.sorted_by(listview, "creation", "desc"),
	get_indicator: (doc) => [
		__(doc.status),
		{
			Collecting: "orange",
			Taken: "green",
			"Part Reversed": "orange",
			Reversed: "red",
			"Given Up": "gray",
		}[doc.status] || "gray",
		`status,=,${doc.status}`,
	],
};
