frappe.listview_settings["Counter Receipt"] = {
	add_fields: ["status", "amount", "currency", "customer_name", "taken_on", "taken_by"],
	onload(listview) {
		dealer.list.sorted_by(listview, "creation", "desc");
		dealer.list.columns(listview, ["amount", "taken_on"]);
	},
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
