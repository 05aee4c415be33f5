// The point of sale drives a real form: this asks there as well as in Desk.
frappe.ui.form.on("POS Invoice", {
	before_submit: async (frm) => {
		if (!frm.doc.is_return || !frappe.boot.dealer?.companies?.includes(frm.doc.company)) return;
		await frappe.require("dealer_counter.bundle.js");
		await dealer.counter.refund.before_return(frm);
	},
});
