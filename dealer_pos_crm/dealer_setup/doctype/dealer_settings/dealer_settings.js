frappe.ui.form.on("Dealer Settings", {
	setup: (frm) => dealer.settings.setup(frm),
	onload: (frm) => dealer.settings.onload(frm),
	refresh: (frm) => dealer.settings.refresh(frm),
});
