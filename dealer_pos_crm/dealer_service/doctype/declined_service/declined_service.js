frappe.ui.form.on("Declined Service", {
	setup: (frm) => dealer.declined.setup(frm),
	refresh: (frm) => dealer.declined.refresh(frm),
});
