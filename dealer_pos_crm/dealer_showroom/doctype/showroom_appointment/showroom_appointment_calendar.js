frappe.views.calendar["Showroom Appointment"] = {
	field_map: {
		id: "name",
		start: "starts_at",
		end: "ends_at",
		title: "title",
		status: "status",
		tooltip: "tooltip",
	},
	get_events_method: "dealer_pos_crm.api.visit.get_events",
	get_css_class: (data) => dealer.floor.color_of("Showroom Appointment", data.status),
	filters: [
		{ fieldtype: "Link", fieldname: "salesperson", options: "User", label: __("Salesperson") },
	],
	// Another time is another appointment: the form moves it, and keeps the old one on file.
	options: {
		editable: false,
		eventLimit: true,
		slotDuration: "00:30:00",
		minTime: "06:00:00",
		maxTime: "21:00:00",
	},
};
