frappe.ui.form.on("Card Refund", {
	refresh: (frm) => dealer.refund.refresh(frm),
});
