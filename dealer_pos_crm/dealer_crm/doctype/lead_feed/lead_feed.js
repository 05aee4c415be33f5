frappe.ui.form.on("Lead Feed", {
	setup: (frm) => dealer.lead_feed.setup(frm),
	refresh: (frm) => dealer.lead_feed.refresh(frm),
	channel: (frm) => dealer.lead_feed.how(frm),
});
