frappe.ui.form.on("Test Drive", {
	setup: (frm) => dealer.floor.drive.setup(frm),
	refresh: (frm) => dealer.floor.drive.refresh(frm),
});
