frappe.ui.form.on("Dispute Case", {
	setup: (frm) => dealer.dispute.setup(frm),
	refresh: (frm) => dealer.dispute.refresh(frm),
});
