frappe.listview_settings["Dealer Vehicle Waitlist"] = {
	hide_name_column: true,
	add_fields: ["status", "added_on"],
	onload: (listview) => dealer.list.wide(listview, 6),
	get_indicator(doc) {
		const colors = {
			Waiting: "orange",
			Called: "blue",
			"Got the Vehicle": "green",
			Dropped: "gray",
		};
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
	formatters: {
		added_on: (value) => dealer.when(value),
	},
};
