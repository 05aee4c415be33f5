frappe.listview_settings["Repair Order"] = {
		add_fields: ["status", "promised_at", "pending_jobs", "grand_total", "outstanding", "currency", "payment_status"],
	onload(listview) {
		dealer.list.wide(listview, dealer.list.is_narrow() ? 6 : 8);
		listview.page.add_inner_button(__("Find"), () => dealer.repair_order.find());
	},
	refresh(listview) {
		if (frappe.model.can_create("Repair Order")) {
			listview.page.set_primary_action(__("Check In"), () => dealer.repair_order.check_in(), "add");
		}
	},
	get_indicator: (doc) => [
		__(doc.status),
		dealer.repair_order.color_of(doc.status),
		`status,=,${doc.status}`,
	],
	formatters: {
		promised_at: (value, df, doc) => dealer.repair_order.promised(value, doc),
		// The year is told least apart; the end of the VIN must not be cut off.
		vehicle_title(value) {
			return dealer.html`<span title="${value}">${(value || "").replace(/^\d{4} /, "")}</span>`;
		},
		grand_total(value, df, doc) {
			return dealer.money(doc.payment_status === "Not Invoiced" ? value : doc.outstanding, doc.currency);
		},
	},
};
