// ERPNext's own list of leads stays as it is where no company is a dealership.
if (dealer.is_dealership()) {
	const settings = (frappe.listview_settings["Lead"] ||= {});
	const indicator = settings.get_indicator;
	settings.add_fields = [
		...new Set([...(settings.add_fields || []), ...dealer.lead.INDICATOR_FIELDS, "company"]),
	];
	settings.get_indicator = (doc) =>
		(dealer.is_dealership(doc.company || "-") && dealer.lead.indicator(doc)) || indicator?.(doc);
}
