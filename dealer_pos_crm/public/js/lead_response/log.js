/** Log Contact: what a person did outside of this program, in two clicks. */

import { ask } from "../desk/ask";
import { call } from "../desk/server";
import { html } from "../desk/html";

const WAYS = () => [
	{ value: "Call", label: __("Called, spoke to them") },
	{ value: "Left Message", label: __("Called, left a message") },
	{ value: "Text", label: __("Sent a text") },
	{ value: "E-mail", label: __("Wrote an e-mail elsewhere") },
	{ value: "In Person", label: __("Spoke in person") },
];

/**
 * @param {{name: string, title?: string, phone?: string}} lead
 * @param {(answer: object) => void} [done]
 */
export function log_contact(lead, done) {
	const ways = WAYS();
	ask({
		title: lead.title ? __("Contact With {0}", [lead.title]) : __("Log Contact"),
		fields: [
			{
				fieldtype: "Select",
				fieldname: "how",
				label: __("What Happened"),
				options: ways,
				default: "Call",
				reqd: 1,
			},
			{ fieldtype: "Small Text", fieldname: "note", label: __("Note") },
		],
		label: __("Log"),
		sentence: ({ how }) =>
			how === "Left Message"
				? __("An attempt counts as an answer: the clock stops. Agree with yourself when you try again.")
				: html`${ways.find(({ value }) => value === how)?.label || ""}. ${__("The clock stops.")}`,
		submit: ({ how, note }, client_key) =>
			call("dealer_pos_crm.api.lead_desk.log_contact", { lead: lead.name, how, note, client_key }),
		done(answer) {
			frappe.show_alert({
				message: answer.answered ? __("Logged; the clock has stopped") : __("Logged"),
				indicator: "green",
			});
			done?.(answer);
		},
	});
}

/** Hand one lead to somebody else. */
export function give_lead(lead, done) {
	ask({
		title: __("Hand Over"),
		fields: [
			{
				fieldtype: "Link",
				fieldname: "user",
				options: "User",
				label: __("To"),
				reqd: 1,
				get_query: () => ({ filters: { enabled: 1, user_type: "System User" } }),
			},
			{ fieldtype: "Small Text", fieldname: "reason", label: __("Why") },
		],
		label: __("Hand Over"),
		sentence: ({ user }) =>
			user
				? __("{0} gets this lead and its open follow-ups. The customer's clock runs on.", [user])
				: "",
		submit: ({ user, reason }) =>
			call("dealer_pos_crm.api.lead_desk.give", { lead: lead.name, user, reason }),
		done,
	});
}
