frappe.ui.form.on("Trade In", {
	setup: (frm) => dealer.trade_in.setup(frm),
	refresh: (frm) => dealer.trade_in.refresh(frm),
});
