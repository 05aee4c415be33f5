frappe.listview_settings["Approver PIN"] = {
	add_fields: ["enabled", "locked_until"],
	get_indicator: (doc) => {
		if (!doc.enabled) return [__("Off"), "gray", "enabled,=,0"];
		const locked = doc.locked_until && doc.locked_until > frappe.datetime.system_datetime();
		return locked ? [__("Locked"), "red", "enabled,=,1"] : [__("Set"), "green", "enabled,=,1"];
	},
	onload: (listview) => {
		listview.page.add_inner_button(__("My Counter PIN"), async () => {
			await frappe.require("dealer_counter.bundle.js");
			dealer.counter.own_pin(() => listview.refresh());
		});
	},
};
