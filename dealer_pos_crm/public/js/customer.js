frappe.ui.form.on("Customer", {
	setup: (frm) => dealer.customer.setup(frm),
	refresh: (frm) => dealer.customer.refresh(frm),
});
