/** A customer waits for a vehicle that somebody else holds. */

import { ask } from "../desk/ask";
import { html, fill } from "../desk/html";
import { call } from "../desk/server";

/** Put a known customer on the list; `done` afterwards. */
export async function wait_for({ vehicle, customer, customer_name, note }, done) {
	await call("dealer_pos_crm.api.deposit.join_waiting_list", { vehicle, customer, note });
	frappe.show_alert({
		message: __("{0} is on the waiting list", [
			frappe.utils.escape_html(customer_name || customer),
		]),
		indicator: "green",
	});
	done?.();
}

/** Ask who waits for this vehicle. */
export function add_to_waiting_list(vehicle, title, done) {
	return ask({
		title: __("Add to Waiting List"),
		fields: [
			{
				fieldtype: "Link",
				fieldname: "customer",
				label: __("Customer"),
				options: "Customer",
				reqd: 1,
				only_select: !frappe.model.can_create("Customer"),
			},
			{ fieldtype: "Small Text", fieldname: "note", label: __("Note"), max_height: "60px" },
		],
		label: __("Add"),
		problem: (values) => (values.customer ? null : __("Choose the customer who waits.")),
		sentence: () =>
			fill(__("When {0} is free again, the list is called in its order."), [
				html`<b>${title || vehicle}</b>`,
			]),
		submit: (values) => wait_for({ vehicle, customer: values.customer, note: values.note }),
		done,
	});
}
