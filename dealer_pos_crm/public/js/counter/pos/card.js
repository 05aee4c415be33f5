/** Card payments at the counter: for the customer's open documents, or on their account. */

import { ask } from "../../desk/ask";
import { trusted } from "../../desk/html";
import { call } from "../../desk/server";
import { money } from "../../desk/words";
import { context } from "./context";
import { register } from "./registry";

const ON_ACCOUNT = "";

export function setup() {
	register({
		id: "card",
		label: __("Card Payment…"),
		order: 60,
		needs_customer: true,
		condition: ({ company }) => (frappe.boot.dealer?.card_readers || []).includes(company),
		action: () => choose(context().customer, context().company),
	});
}

async function choose(customer, company) {
	let rows;
	try {
		rows = await call("dealer_pos_crm.api.terminal.payable_of", { customer, company }, { type: "GET" });
	} catch (refusal) {
		return frappe.msgprint({ title: refusal.title, message: String(trusted(refusal.message)), indicator: "orange" });
	}
	const by_key = Object.fromEntries(rows.map((row) => [`${row.doctype}|${row.name}`, row]));
	return ask({
		title: __("Card Payment of {0}", [customer]),
		fields: [
			{
				fieldtype: "Select",
				fieldname: "subject",
				label: __("For"),
				default: rows.length ? Object.keys(by_key)[0] : ON_ACCOUNT,
				options: [
					...rows.map((row) => ({
						value: `${row.doctype}|${row.name}`,
						label: __("{0}: {1} open", [row.what, money(row.open, row.currency)]),
					})),
					{ value: ON_ACCOUNT, label: __("On account: the customer's credit") },
				],
			},
			{
				fieldtype: "Data",
				fieldname: "what",
				label: __("What It Is For"),
				depends_on: "eval:!doc.subject",
				length: 100,
			},
		],
		label: __("Next"),
		sentence: ({ subject }) =>
			subject
				? __("The payment goes into {0}. The sale on this screen stays as it is.", [by_key[subject]?.name || ""])
				: __("A sale on this screen is paid on this screen. What is taken here stands as the customer's credit."),
		submit: async (values) => values,
		done: ({ subject, what }) => {
			const row = by_key[subject];
			return dealer.card.take(row ? { doctype: row.doctype, name: row.name } : { customer, company, what });
		},
	});
}
