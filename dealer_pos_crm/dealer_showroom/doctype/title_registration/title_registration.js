frappe.ui.form.on("Title Registration", {
	setup: (frm) => dealer.papers.title.setup(frm),
	refresh: (frm) => dealer.papers.title.refresh(frm),
});
