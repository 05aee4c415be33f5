// ERPNext's own list of leads stays as it is where no company is a dealership.
if (dealer.is_dealership()) {
	const settings = (frappe.listview_settings["Lead"] ||= {});
	const indicator = settings.get_indicator;
	const columns = ["dealer_wanted", "dealer_lead_type", "lead_owner"];
	settings.add_fields = [
		...new Set([
			...(settings.add_fields || []),
			...dealer.lead.INDICATOR_FIELDS,
			...columns,
			"company",
		]),
	];
	settings.hide_name_column = true;
	settings.formatters = {
		...settings.formatters,
		dealer_lead_type: (value) => dealer.html`${value ? __(value) : ""}`,
		lead_owner: (value) => dealer.html`${dealer.person(value)}`,
	};
	const onload = settings.onload;
	settings.onload = function (listview) {
		onload?.call(this, listview);
		dealer.list.columns(listview, columns);
	};
	settings.get_indicator = (doc) =>
		(dealer.is_dealership(doc.company || "-") && dealer.lead.indicator(doc)) || indicator?.(doc);
}
