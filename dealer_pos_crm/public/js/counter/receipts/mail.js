/** E-mails a receipt: to the customer, or to whom one says. */

import { ask } from "../../desk/ask";
import { call } from "../../desk/server";
import { API } from "./print";

/** @returns whether a receipt of this kind can be e-mailed from here */
export const may_mail = ({ doctype }) => ["Counter Receipt", "Deposit"].includes(doctype);

export function mail({ doctype, name, customer_name }) {
	return ask({
		title: __("E-mail {0}", [name]),
		fields: [
			{
				fieldname: "to",
				fieldtype: "Data",
				options: "Email",
				label: __("To"),
				description: __("Empty: the customer's own address"),
			},
		],
		label: __("Send"),
		sentence: ({ to }) => __("The receipt goes to {0}.", [to || customer_name]),
		submit: async ({ to }) => {
			const sent = await call(API + "send", { doctype, name, to: to || null });
			frappe.show_alert({ message: __("Sent to {0}.", [sent.to]), indicator: "green" });
		},
	});
}
