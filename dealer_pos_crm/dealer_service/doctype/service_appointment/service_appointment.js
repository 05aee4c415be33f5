frappe.ui.form.on("Service Appointment", {
	setup: (frm) => dealer.appointment.setup(frm),
	refresh: (frm) => dealer.appointment.refresh(frm),
	company: (frm) => dealer.appointment.changed(frm),
	customer: (frm) => dealer.appointment.changed(frm),
	vehicle: (frm) => dealer.appointment.changed(frm),
	starts_at: (frm) => dealer.appointment.changed(frm),
	team: (frm) => dealer.appointment.changed(frm),
});
frappe.ui.form.on("Service Appointment Job", {
	labor_operation: (frm, doctype, name) => dealer.appointment.operation_chosen(frm, doctype, name),
	hours: (frm) => dealer.appointment.hours_changed(frm),
	jobs_remove: (frm) => dealer.appointment.jobs_changed(frm),
});
