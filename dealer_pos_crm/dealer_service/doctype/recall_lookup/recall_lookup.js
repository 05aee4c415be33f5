frappe.ui.form.on("Recall Lookup", {
	refresh: (frm) => dealer.recall.refresh_lookup(frm),
});
