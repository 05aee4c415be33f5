/** Card payments from ERPNext's point of sale: for the customer's open documents, or on their account. */

import { ask } from "../desk/ask";
import { trusted } from "../desk/html";
import { call } from "../desk/server";
import { money } from "../desk/words";
import { take } from "./take";

const ON_ACCOUNT = "";

/** Whether anything of ours belongs on the page at all. */
export function is_wanted() {
	return Boolean(frappe.boot.dealer?.card_readers?.length);
}

/** The page's controller with one more line in its menu; as it was, when it is not as we know it. */
export function extended(Controller) {
	if (typeof Controller?.prototype?.prepare_menu !== "function" || Controller.dlr_card) return Controller;
	return class extends Controller {
		static dlr_card = true;

		prepare_menu(...args) {
			const made = super.prepare_menu(...args);
			if (typeof this.page?.add_menu_item === "function") {
				this.page.add_menu_item(__("Card Payment…"), () => open(this));
			}
			return made;
		}
	};
}

export async function open(controller) {
	const company = controller.frm?.doc?.company || controller.company;
	if (!frappe.boot.dealer.card_readers.includes(company)) {
		return frappe.msgprint(__("{0} has no card reader.", [company || ""]));
	}
	const customer = controller.frm?.doc?.customer || (await ask_customer());
	if (customer) return choose(customer, company);
}

function ask_customer() {
	return new Promise((resolve) => {
		ask({
			title: __("Card Payment"),
			fields: [{ fieldtype: "Link", fieldname: "customer", label: __("Customer"), options: "Customer", reqd: 1 }],
			label: __("Next"),
			submit: async ({ customer }) => customer,
			done: resolve,
		});
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
			return take(row ? { doctype: row.doctype, name: row.name } : { customer, company, what });
		},
	});
}
