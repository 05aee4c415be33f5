const counter = () => frappe.require("dealer_counter.bundle.js");

frappe.ui.form.on("Cash Report", {
	setup: (frm) => counter().then(() => dealer.counter.cash_report.setup(frm)),
	refresh: (frm) => counter().then(() => dealer.counter.cash_report.refresh(frm)),
});
