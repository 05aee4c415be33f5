frappe.ui.form.on("Gateway Payout", {
	refresh: (frm) => dealer.payout.refresh(frm),
});
