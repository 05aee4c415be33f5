frappe.ui.form.on("Lead Intake", {
	setup: (frm) => dealer.lead_intake.setup(frm),
	refresh: (frm) => dealer.lead_intake.refresh(frm),
});
