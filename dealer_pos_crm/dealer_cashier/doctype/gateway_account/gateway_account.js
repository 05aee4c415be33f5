frappe.ui.form.on("Gateway Account", {
	setup: (frm) => dealer.gateway.setup(frm),
	refresh: (frm) => dealer.gateway.refresh(frm),
});
