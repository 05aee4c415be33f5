frappe.ui.form.on("Bank Deposit", {
	refresh: (frm) => frappe.require("dealer_counter.bundle.js", () => dealer.counter.bank.refresh(frm)),
});
