frappe.views.calendar["Service Appointment"] = {
	field_map: {
		id: "name",
		start: "starts_at",
		end: "ends_at",
		title: "title",
		status: "status",
		tooltip: "tooltip",
	},
	get_events_method: "dealer_pos_crm.api.appointment.get_events",
	get_css_class: (data) => dealer.appointment.color_of(data.status),
	filters: [
		{ fieldtype: "Link", fieldname: "team", options: "Service Team", label: __("Team") },
		{ fieldtype: "Link", fieldname: "advisor", options: "User", label: __("Advisor") },
	],
	// Another time is another appointment, and the customer is asked first: the form does both.
	options: { editable: false, eventLimit: true, slotDuration: "00:30:00", minTime: "06:00:00", maxTime: "21:00:00" },
};
