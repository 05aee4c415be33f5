frappe.ui.form.on("Dealer Vehicle", {
	setup: (frm) => dealer.vehicle.setup(frm),
	refresh: (frm) => dealer.vehicle.refresh(frm),
});
