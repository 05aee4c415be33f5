frappe.listview_settings["Test Drive"] = {
	hide_name_column: dealer.list.is_narrow(),
	add_fields: ["status", "due_back_at", "out_at", "person_name", "vehicle", "salesperson"],
	onload(listview) {
		dealer.list.wide(listview, 6);
		dealer.list.sorted_by(listview, "out_at", "desc");
	},
	refresh(listview) {
		if (frappe.model.can_create("Test Drive"))
			listview.page.set_primary_action(
				__("Test Drive"),
				() => dealer.floor.actions.take_drive({}, () => dealer.list.again(listview)),
				"add"
			);
	},
	get_indicator(doc) {
		if (dealer.floor.is_overdue(doc)) return [__("Overdue"), "red", "status,=,Out"];
		return [
			__(doc.status),
			dealer.floor.color_of("Test Drive", doc.status),
			`status,=,${doc.status}`,
		];
	},
	formatters: {
		out_at: (value) => (value ? dealer.html`${dealer.when(value)}` : ""),
		due_back_at(value, df, doc) {
			if (!value || doc.status !== "Out") return "";
			return dealer.html`<span class="${
				dealer.floor.is_overdue(doc) ? "dlr-red" : ""
			}" title="${dealer.exact(value)}">${dealer.when(value)}</span>`;
		},
		salesperson: (value) => dealer.html`${dealer.person(value)}`,
	},
};
