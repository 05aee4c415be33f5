frappe.listview_settings["Lead Feed"] = {
	hide_name_column: true,
	add_fields: ["enabled", "last_received_at", "last_failed_at"],
	get_indicator(doc) {
		if (!doc.enabled) return [__("Off"), "gray", "enabled,=,0"];
		if (doc.last_failed_at && doc.last_failed_at > (doc.last_received_at || "")) {
			return [__("Last one failed"), "red", "last_failed_at,is,set"];
		}
		return doc.last_received_at
			? [__("Receiving"), "green", "last_received_at,is,set"]
			: [__("Nothing yet"), "blue", "last_received_at,is,not set"];
	},
};
