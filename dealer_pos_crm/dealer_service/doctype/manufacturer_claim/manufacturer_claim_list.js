frappe.listview_settings["Manufacturer Claim"] = {
	get_indicator: (doc) => [
		__(doc.status),
		dealer.service_billing.claim_color(doc.status),
		`status,=,${doc.status}`,
	],
	hide_name_column: false,
};
