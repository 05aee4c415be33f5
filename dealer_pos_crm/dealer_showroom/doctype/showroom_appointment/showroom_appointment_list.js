frappe.listview_settings["Showroom Appointment"] = {
	hide_name_column: dealer.list.is_narrow(),
	add_fields: ["status", "starts_at", "person_name", "purpose", "salesperson"],
	filters: [["starts_at", "Timespan", "today"]],
	onload(listview) {
		dealer.list.wide(listview, 5);
		dealer.list.sorted_by(listview, "starts_at", "asc");
		if (frappe.model.can_create("Showroom Appointment"))
			listview.page.set_primary_action(
				__("Book an Appointment"),
				() => dealer.floor.actions.book({}, () => dealer.list.again(listview)),
				"add"
			);
	},
	get_indicator(doc) {
		if (dealer.floor.is_late(doc))
			return [__("{0}, overdue", [__(doc.status)]), "orange", `status,=,${doc.status}`];
		return [
			__(doc.status),
			dealer.floor.color_of("Showroom Appointment", doc.status),
			`status,=,${doc.status}`,
		];
	},
	formatters: {
		starts_at(value) {
			if (!value) return "";
			return dealer.html`<span title="${dealer.relative(value)}">${dealer.exact(
				value
			)}</span>`;
		},
		salesperson: (value) => dealer.html`${dealer.person(value)}`,
	},
};
