frappe.listview_settings["Gateway Account"] = {
	hide_name_column: true,
	add_fields: ["mode", "enabled", "last_problem"],
	get_indicator: (doc) => {
		if (!doc.enabled) return [__("Off"), "gray", "enabled,=,0"];
		if (doc.last_problem) return [__("Problem"), "red", "last_problem,is,set"];
		return doc.mode === "Live"
			? [__("Live"), "green", "mode,=,Live"]
			: [__("Test mode"), "yellow", "mode,=,Test"];
	},
};
