frappe.ui.form.on("Showroom Appointment", {
	setup: (frm) => dealer.floor.appointment.setup(frm),
	refresh: (frm) => dealer.floor.appointment.refresh(frm),
});
