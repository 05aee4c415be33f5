/** A lender: who owes its contract money, and what is in transit to it. */

import { companies } from "../desk/dealership";
import { html, intro, ours } from "../desk/html";

export function setup(frm) {
	ours(frm);
	frm.set_query("customer", () => ({ filters: { disabled: 0 } }));
}

export function refresh(frm) {
	ours(frm);
	intro(frm, "");
	const { doc } = frm;
	if (!doc.customer) {
		intro(
			frm,
			html`${__(
				"Choose the customer that owes the contract money: deals financed by this lender cannot be delivered without it."
			)}`,
			"orange"
		);
	}
	if (frm.is_new()) return;
	frm.add_custom_button(__("Contracts in Transit"), () => {
		frappe.route_options = { lender: doc.name, company: companies()[0] };
		frappe.set_route("query-report", "Contracts in Transit");
	});
}
