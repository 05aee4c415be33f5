frappe.listview_settings["Follow Up Rule"] = {
	hide_name_column: true,
	add_fields: ["enabled", "event_type", "owner_kind"],
	onload(listview) {
		dealer.list.wide(listview, 5);
		dealer.list.sorted_by(listview, "rule_name", "asc");
		dealer.rule.options().then(() => listview.data.length && listview.render());
	},
	get_indicator: (doc) =>
		doc.enabled ? [__("On"), "green", "enabled,=,1"] : [__("Off"), "gray", "enabled,=,0"],
	formatters: {
		event_type: (value) => frappe.utils.escape_html(dealer.rule.event_name(value)),
	},
};
