frappe.ui.form.on("Vehicle Recon", {
	setup: (frm) => dealer.recon.setup(frm),
	refresh: (frm) => dealer.recon.refresh(frm),
});
