frappe.ui.form.on("Returned Check", {
	refresh: (frm) => frappe.require("dealer_counter.bundle.js", () => dealer.counter.bank.refresh_case(frm)),
});
