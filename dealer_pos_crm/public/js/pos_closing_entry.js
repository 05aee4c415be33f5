// ERPNext's own form of a closing, at one of our counters: payments of the shift count by mode, as on the server.
(() => {
	const PATH = "dealer_pos_crm.api.shift.closing_rows";

	async function fill(frm) {
		if (frm.doc.docstatus || !frm.doc.pos_opening_entry) return;
		const { message: found } = await frappe.call({
			method: PATH,
			type: "GET",
			args: { pos_opening_entry: frm.doc.pos_opening_entry },
		});
		if (!found?.counter) return;
		for (const row of found.modes) {
			let known = frm.doc.payment_reconciliation.find((one) => one.mode_of_payment === row.mode);
			if (!known) {
				known = frm.add_child("payment_reconciliation", { mode_of_payment: row.mode, closing_amount: 0 });
			}
			known.opening_amount = row.opening;
			known.expected_amount = row.expected;
			known.difference = flt(known.closing_amount) - flt(row.expected);
		}
		frm.refresh_field("payment_reconciliation");
	}

	frappe.ui.form.on("POS Closing Entry", {
		refresh(frm) {
			const count = frm.doc.dealer_shift_count;
			if (count) {
				frm.add_custom_button(__("Shift Count"), () => frappe.set_route("Form", "Shift Count", count));
			}
		},
		pos_opening_entry: (frm) => frappe.after_ajax(() => fill(frm)),
		before_save: fill,
	});
})();
