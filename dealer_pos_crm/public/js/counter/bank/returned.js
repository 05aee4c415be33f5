/** A check came back from the bank: what follows from it is shown, then booked in one go. */

import { ask } from "../../desk/ask";
import { fill, html, link, trusted } from "../../desk/html";
import { call } from "../../desk/server";
import { money } from "../../desk/words";

const API = "dealer_pos_crm.api.returned_check.";
const REASONS = ["Insufficient Funds", "Account Closed", "Payment Stopped", "Signature", "Other"];
const CHECKS = ["Personal Check", "Cashier's Check", "Bank Draft", "Traveler's Check", "Money Order"];

export const is_check = (instrument) => CHECKS.includes(instrument);
export const may_record = () => frappe.model.can_write("Returned Check");

/** @param {{doctype: string, name: string, done?: Function}} opts Payment Entry or POS Invoice */
export async function came_back(opts) {
	const { doctype, name } = opts;
	let facts;
	try {
		facts = await call(`${API}asking`, { doctype, name }, { type: "GET" });
	} catch (refusal) {
		frappe.msgprint({ message: String(trusted(refusal.message)), indicator: "red" });
		return;
	}
	if (facts.case) {
		frappe.set_route("Form", "Returned Check", facts.case);
		return;
	}
	if (facts.why_not) {
		frappe.msgprint({ message: String(trusted(facts.why_not)), indicator: "orange" });
		return;
	}
	dialog(opts, facts);
}

function dialog({ doctype, name, done }, facts) {
	const { currency } = facts;
	const area = ask({
		title: facts.check_no ? __("Check {0} Came Back", [facts.check_no]) : __("Check Came Back"),
		fields: [
			{ fieldtype: "HTML", fieldname: "opens" },
			{ fieldtype: "Section Break" },
			{
				fieldtype: "Select",
				fieldname: "reason",
				label: __("Returned Because"),
				options: ["", ...REASONS].map((value) => ({ value, label: __(value) })),
				reqd: 1,
			},
			{
				fieldtype: "Date",
				fieldname: "returned_on",
				label: __("Returned On"),
				reqd: 1,
				default: frappe.datetime.get_today(),
			},
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Currency",
				fieldname: "bank_fee",
				label: __("Fee of the Bank"),
				description: __("What the bank took from us"),
			},
			...(facts.fee
				? [
						{
							fieldtype: "Currency",
							fieldname: "customer_fee",
							label: __("Charged to the Customer"),
							default: facts.fee,
							description: __("An invoice; zero waives it"),
						},
				  ]
				: []),
			{ fieldtype: "Section Break" },
			...(facts.holds
				? [
						{
							fieldtype: "Check",
							fieldname: "keep_hold",
							label: __("Keep {0} on hold for the customer", [facts.holds]),
						},
				  ]
				: []),
			{ fieldtype: "Small Text", fieldname: "note", label: __("Note"), max_height: "60px" },
		],
		label: __("Check Came Back"),
		working: __("Booking…"),
		danger: true,
		missing: ({ reason, note }) =>
			reason === "Other" && (note || "").trim().length < 3
				? __("Say in a few words why the bank sent it back.")
				: null,
		sentence: ({ bank_fee, customer_fee }) =>
			fill(__("The bank takes {0} back. {1} owes it again{2}; no more checks are taken from them."), [
				html`<b>${money((facts.amount || 0) + (bank_fee || 0), currency)}</b>`,
				html`<b>${facts.customer_name}</b>`,
				customer_fee ? html` ${__("and {0} for it", [money(customer_fee, currency)])}` : "",
			]),
		submit: (values, key) =>
			call(`${API}record`, {
				doctype,
				name,
				reason: values.reason,
				client_key: key,
				returned_on: values.returned_on,
				note: values.note,
				bank_fee: values.bank_fee || 0,
				customer_fee: values.customer_fee || 0,
				keep_hold: cint(values.keep_hold),
			}),
		done: (made) => {
			frappe.show_alert({ message: __("{0} is recorded", [made.name]), indicator: "orange" });
			done ? done(made) : frappe.set_route("Form", "Returned Check", made.name);
		},
	});
	area.fields_dict.opens.$wrapper.html(String(opens(facts)));
}

function opens(facts) {
	return html`<table class="table dlr-table">
		<thead><tr><th>${__("Open again")}</th><th class="dlr-money">${__("Amount")}</th></tr></thead>
		<tbody>${facts.opens.map(
			(row) => html`<tr><td class="dlr-wrap">${what(row)}</td>
				<td class="dlr-money">${money(row.amount, facts.currency)}</td></tr>`
		)}</tbody></table>`;
}

function what(row) {
	if (row.on_account) {
		return html`${link(row.doctype, row.name)}<div class="dlr-small">${__(
			"Owed on account: a sale at the point of sale is not opened again"
		)}</div>`;
	}
	if (row.doctype === "Deposit") {
		return html`${link("Deposit", row.name)}<div class="dlr-small">${__("Held no more")}</div>`;
	}
	if (!row.doctype) return __("Credit of the customer that is gone");
	return link(row.doctype, row.name);
}
