frappe.listview_settings["Service Appointment"] = {
	hide_name_column: dealer.list.is_narrow(),
	add_fields: ["status", "starts_at", "customer_name", "vehicle_title", "advisor", "team", "duration"],
	filters: [["starts_at", "Timespan", "today"]],
	onload(listview) {
		dealer.list.wide(listview, 6);
		dealer.list.sorted_by(listview, "starts_at", "asc");
		listview.page.add_inner_button(__("Day Board"), () => frappe.set_route("service-day-board"));
	},
	get_indicator(doc) {
		if (dealer.appointment.is_overdue(doc)) {
			return [__("{0}, overdue", [__(doc.status)]), "orange", `status,=,${doc.status}`];
		}
		return [__(doc.status), dealer.appointment.color_of(doc.status), `status,=,${doc.status}`];
	},
	formatters: {
		starts_at(value, df, doc) {
			if (!value) return "";
			const late = dealer.appointment.is_overdue(doc);
			const at = frappe.datetime.convert_to_user_tz(value, false);
			const words = `${at.format("ddd D MMM")} ${dealer.clock(value)}`;
			const title = `${dealer.exact(value)}, ${dealer.relative(value)}`;
			return dealer.html`<span class="${late ? "dlr-orange" : ""}" title="${title}">${words}</span>`;
		},
		advisor: (value) => dealer.html`${dealer.person(value)}`,
	},
};
