frappe.ui.form.on("Sales Invoice", {
	setup: (frm) => dealer.invoice.setup(frm),
	refresh: (frm) => dealer.invoice.refresh(frm),
	customer: (frm) => dealer.invoice.refresh(frm),
	company: (frm) => dealer.invoice.refresh(frm),
	dealer_vehicle: (frm) => dealer.invoice.refresh(frm),
});
