frappe.ui.form.on("Staff Calendar", {
	setup(frm) {
		const people = () => ({ filters: { enabled: 1, user_type: "System User" } });
		frm.set_query("user", people);
		frm.set_query("cover", people);
	},
	refresh(frm) {
		dealer.ours(frm);
		if (!frm.is_new() && dealer.lead.may_hand_over()) {
			frm.add_custom_button(__("Hand Over"), () => dealer.lead.hand_over(frm.doc.user));
		}
	},
});
