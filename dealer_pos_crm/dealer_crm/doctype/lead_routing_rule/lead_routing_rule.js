frappe.ui.form.on("Lead Routing Rule", {
	setup(frm) {
		const people = () => ({ filters: { enabled: 1, user_type: "System User" } });
		frm.set_query("user", people);
		frm.set_query("user", "members", people);
	},
	refresh(frm) {
		dealer.ours(frm);
		dealer.lead.routing_rule.preview(frm);
		if (frm.is_new() && !frm.doc.company) frm.set_value("company", dealer.usual_company(frappe.defaults.get_default("company")));
	},
});
