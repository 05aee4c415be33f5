frappe.ui.form.on("Card Reader", {
	setup: (frm) => dealer.card.reader.setup(frm),
	refresh: (frm) => dealer.card.reader.refresh(frm),
	company: (frm) => dealer.card.reader.company_changed(frm),
});
