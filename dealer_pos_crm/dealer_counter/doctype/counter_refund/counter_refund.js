frappe.ui.form.on("Counter Refund", {
	refresh: (frm) =>
		frappe.require("dealer_counter.bundle.js").then(() => dealer.counter.refund.refresh(frm)),
});
