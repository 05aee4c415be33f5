frappe.ui.form.on("Follow Up Rule", {
	setup: (frm) => dealer.rule.setup(frm),
	onload: (frm) => dealer.rule.onload(frm),
	refresh: (frm) => dealer.rule.refresh(frm),
	conditions_remove: (frm) => dealer.rule.tell(frm),
	stops_remove: (frm) => dealer.rule.tell(frm),
});
