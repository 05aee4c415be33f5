frappe.ui.form.on("Dealer Settings", {
	setup: (frm) => dealer.settings.setup(frm),
	before_load: (frm) => dealer.settings.before_load(frm),
	refresh: (frm) => dealer.settings.refresh(frm),
});
