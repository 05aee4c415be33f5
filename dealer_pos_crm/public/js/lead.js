frappe.ui.form.on("Lead", {
	setup: (frm) => dealer.lead.setup(frm),
	refresh: (frm) => dealer.lead.refresh(frm),
});
