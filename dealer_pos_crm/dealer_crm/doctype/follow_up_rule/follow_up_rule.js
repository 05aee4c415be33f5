frappe.ui.form.on("Follow Up Rule", {
	setup: (frm) => dealer.rule.setup(frm),
	before_load: (frm) => dealer.rule.before_load(frm),
	refresh: (frm) => dealer.rule.refresh(frm),
	conditions_remove: (frm) => dealer.rule.tell(frm),
	stops_remove: (frm) => dealer.rule.tell(frm),
});
