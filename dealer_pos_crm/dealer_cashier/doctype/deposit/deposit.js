frappe.ui.form.on("Deposit", {
	setup: (frm) => dealer.deposit.setup(frm),
	refresh: (frm) => dealer.deposit.refresh(frm),
	company: (frm) => dealer.deposit.company_changed(frm),
	vehicle: (frm) => dealer.deposit.vehicle_changed(frm),
	refundable: (frm) => dealer.deposit.put_terms(frm),
});
