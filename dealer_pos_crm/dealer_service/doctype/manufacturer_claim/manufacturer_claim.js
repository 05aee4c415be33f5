frappe.ui.form.on("Manufacturer Claim", {
	refresh: (frm) => dealer.service_billing.refresh_claim(frm),
});
