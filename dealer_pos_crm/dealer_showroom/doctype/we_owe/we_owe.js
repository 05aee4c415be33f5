frappe.ui.form.on("We Owe", {
	setup: (frm) => dealer.papers.we_owe.setup(frm),
	refresh: (frm) => dealer.papers.we_owe.refresh(frm),
});
