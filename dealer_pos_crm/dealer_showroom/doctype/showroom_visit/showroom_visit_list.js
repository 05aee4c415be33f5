frappe.listview_settings["Showroom Visit"] = {
	hide_name_column: dealer.list.is_narrow(),
	add_fields: ["kind", "arrived_at", "left_at", "person_name", "outcome", "salesperson"],
	filters: [["arrived_at", "Timespan", "today"]],
	onload(listview) {
		dealer.list.wide(listview, 6);
		dealer.list.sorted_by(listview, "arrived_at", "desc");
		listview.page.add_inner_button(__("Here Now"), () => {
			listview.filter_area.clear().then(() =>
				listview.filter_area.add([
					["Showroom Visit", "arrived_at", "Timespan", "today"],
					["Showroom Visit", "left_at", "is", "not set"],
				])
			);
		});
		listview.page.add_inner_button(__("Cars That Are Out"), () =>
			frappe.set_route("List", "Test Drive", { status: "Out" })
		);
	},
	refresh(listview) {
		if (frappe.model.can_create("Showroom Visit"))
			listview.page.set_primary_action(
				__("Somebody Is Here"),
				() => dealer.floor.up({}, () => dealer.list.again(listview)),
				"add"
			);
	},
	get_indicator(doc) {
		if (!doc.left_at) return [__("Here"), "green", "left_at,is,not set"];
		return [
			__(doc.outcome || "Left"),
			dealer.floor.color_of("Showroom Visit", doc.outcome),
			`outcome,=,${doc.outcome || ""}`,
		];
	},
	formatters: {
		arrived_at: (value) =>
			value
				? dealer.html`<span title="${dealer.exact(value)}">${dealer.when(value)}</span>`
				: "",
		left_at: (value) =>
			value
				? dealer.html`<span title="${dealer.exact(value)}">${dealer.clock(value)}</span>`
				: "",
		salesperson: (value) => dealer.html`${dealer.person(value)}`,
	},
};
