frappe.listview_settings["Deal Jacket"] = {
	add_fields: ["stage", "stage_since", "customer_name", "vehicle_title", "wanted"],
	onload(listview) {
		dealer.list.wide(listview, dealer.list.is_narrow() ? 6 : 8);
		listview.page.add_inner_button(__("Deal Board"), () => frappe.set_route("deal-board"));
	},
	refresh(listview) {
		if (frappe.model.can_create("Deal Jacket")) {
			listview.page.set_primary_action(__("New Deal"), () => dealer.deal.begin(), "add");
		}
	},
	get_indicator: (doc) => [__(doc.stage), dealer.deal.color_of(doc.stage), `stage,=,${doc.stage}`],
	formatters: {
		vehicle_title: (value, df, doc) =>
			dealer.html`<span title="${dealer.deal.car_of(doc)}">${dealer.deal.car_of(doc)}</span>`,
		salesperson: (value) => dealer.html`${dealer.person(value)}`,
	},
};
