frappe.ui.form.on("Vehicle Recall", {
	setup: (frm) => dealer.recall.setup(frm),
	refresh: (frm) => dealer.recall.refresh(frm),
});
