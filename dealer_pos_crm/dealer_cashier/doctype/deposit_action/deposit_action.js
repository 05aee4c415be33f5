frappe.ui.form.on("Deposit Action", {
	refresh: (frm) => dealer.deposit.refresh_action(frm),
});
