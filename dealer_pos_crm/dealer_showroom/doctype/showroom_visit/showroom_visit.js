frappe.ui.form.on("Showroom Visit", {
	setup: (frm) => dealer.floor.visit.setup(frm),
	refresh: (frm) => dealer.floor.visit.refresh(frm),
});
