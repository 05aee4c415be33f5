frappe.ui.form.on("User", {
	refresh: (frm) => {
		dealer.lead?.user_form?.(frm);
		const managers = ["Dealer Manager", "Dealer Sales Manager", "Dealer Service Manager"];
		if (frm.doc.name !== frappe.session.user || !managers.some((role) => frappe.user_roles.includes(role))) return;
		frm.add_custom_button(__("Counter PIN"), async () => {
			await frappe.require("dealer_counter.bundle.js");
			dealer.counter.own_pin();
		});
	},
});
