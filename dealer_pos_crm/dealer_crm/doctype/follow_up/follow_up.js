frappe.ui.form.on("Follow Up", {
	refresh: (frm) => dealer.follow_up.refresh(frm),
});
