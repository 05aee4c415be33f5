frappe.ui.form.on("Counter Receipt", {
	refresh: (frm) =>
		frappe.require("dealer_counter.bundle.js").then(() => {
			dealer.counter.receipt.refresh(frm);
			dealer.counter.bank.on_receipt(frm);
		}),
});
