/** A payment by check may come back from the bank. The counter's screens are loaded when somebody asks. */
frappe.ui.form.on("Payment Entry", {
	async refresh(frm) {
		const { doc } = frm;
		if (doc.docstatus !== 1 || doc.payment_type !== "Receive" || !doc.mode_of_payment) return;
		if (!dealer.is_dealership(doc.company) || !frappe.model.can_write("Returned Check")) return;
		if (doc.dealer_returned_check) {
			frm.add_custom_button(__("Returned Check"), () =>
				frappe.set_route("Form", "Returned Check", doc.dealer_returned_check)
			);
			return;
		}
		const found = await frappe.db.get_value("Mode of Payment", doc.mode_of_payment, "dealer_instrument");
		const instrument = found.message?.dealer_instrument;
		if (frm.doc.name !== doc.name || !instrument || instrument === "Currency") return;
		frm.add_custom_button(__("Check Came Back"), () =>
			frappe.require("dealer_counter.bundle.js", () =>
				dealer.counter.bank.came_back({
					doctype: doc.doctype,
					name: doc.name,
					done: () => frm.reload_doc(),
				})
			)
		);
	},
});
