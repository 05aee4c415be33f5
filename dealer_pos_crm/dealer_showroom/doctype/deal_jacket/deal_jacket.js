frappe.ui.form.on("Deal Jacket", {
	setup: (frm) => dealer.deal.setup(frm),
	refresh: (frm) => dealer.deal.refresh(frm),
});
