frappe.ui.form.on("Shift Count", {
	refresh(frm) {
		dealer.ours?.(frm);
		frm.disable_save();
		frappe.require("dealer_counter.bundle.js", () => dealer.counter.shift.form(frm));
	},
});
