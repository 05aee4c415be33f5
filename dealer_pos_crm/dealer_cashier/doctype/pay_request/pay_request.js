frappe.ui.form.on("Pay Request", {
	setup: (frm) => dealer.pay_request.setup(frm),
	refresh: (frm) => dealer.pay_request.refresh(frm),
});
