frappe.ui.form.on("Payment Attempt", {
	refresh: (frm) => dealer.card_payment.attempt.refresh(frm),
});
