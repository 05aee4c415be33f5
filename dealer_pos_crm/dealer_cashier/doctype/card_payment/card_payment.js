frappe.ui.form.on("Card Payment", {
	refresh: (frm) => dealer.card_payment.refresh(frm),
});
