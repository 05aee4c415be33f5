frappe.ui.form.on("Dealer Lender", {
	setup: (frm) => dealer.delivery.lender.setup(frm),
	refresh: (frm) => dealer.delivery.lender.refresh(frm),
});
