frappe.ui.form.on("Gateway Event", {
	refresh: (frm) => dealer.gateway.event.refresh(frm),
});
