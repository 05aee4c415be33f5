/** Deliver, collect, unwind: what is needed, what will happen, one button. */

import { collect_of } from "../counter/collect/from_form";
import { ask } from "../desk/ask";
import { html, fill, trusted } from "../desk/html";
import { call } from "../desk/server";
import { money } from "../desk/words";
import { facts_of } from "./form";

export function told(refusal) {
	frappe.msgprint({
		title: refusal.title || __("Not possible"),
		indicator: "orange",
		message: String(trusted(refusal.message)),
	});
}

function bullets(texts) {
	return html`<ul class="dlr-list">
		${texts.map((text) => html`<li>${trusted(text)}</li>`)}
	</ul>`;
}

/** The gates are read afresh: somebody else may have cleared them, or shut one. */
export async function deliver(doc, done) {
	let facts;
	try {
		facts = await facts_of(doc.name);
	} catch (refusal) {
		return told(refusal);
	}
	if (facts.gate?.length) {
		return frappe.msgprint({
			title: __("Not Ready to Deliver"),
			indicator: "orange",
			message: String(bullets(facts.gate)),
		});
	}
	const open = facts.money.balance;
	const unpaid = open > 0;
	if (unpaid && !facts.may_release) {
		return frappe.msgprint({
			title: __("Not Paid"),
			indicator: "orange",
			message: __("{0} is open. Take a deposit for the deal first, or a sales manager who did not sell the car releases it.", [
				money(open, facts.currency),
			]),
		});
	}
	return ask({
		title: unpaid ? __("Release Unpaid and Deliver") : __("Deliver {0}", [doc.vehicle_title || doc.name]),
		fields: [
			{
				fieldtype: "Int",
				fieldname: "mileage",
				label: __("Mileage on the odometer"),
				reqd: 1,
				default: facts.mileage || null,
			},
			...(unpaid
				? [
						{
							fieldtype: "Data",
							fieldname: "reason",
							label: __("Why it may leave unpaid"),
							reqd: 1,
							length: 140,
						},
				  ]
				: []),
		],
		label: unpaid ? __("Release and Deliver") : __("Deliver"),
		working: __("Delivering…"),
		danger: unpaid,
		problem: ({ mileage }) =>
			mileage !== null && mileage !== "" && cint(mileage) < facts.mileage
				? __("The last reading is {0}; a car does not run backwards.", [facts.mileage])
				: null,
		sentence: () => what_happens(doc, facts, open),
		submit: ({ mileage, reason }, key) =>
			call("dealer_pos_crm.api.delivery.deliver", {
				deal: doc.name,
				client_key: key,
				mileage: cint(mileage),
				release_reason: reason || null,
			}),
		done: (answer) => {
			frappe.show_alert({
				message: answer.repeated ? __("It was delivered already") : __("Delivered"),
				indicator: "green",
			});
			done(answer);
		},
	});
}

function what_happens(doc, facts, open) {
	const { currency } = facts;
	const of = facts.money;
	const lines = [fill(__("An invoice over {0}."), [html`<b>${money(of.total, currency)}</b>`])];
	if (of.deposits > 0) lines.push(__("Deposits of {0} are applied.", [money(of.deposits, currency)]));
	if (of.equity > 0) lines.push(__("The trade-in brings {0}.", [money(of.equity, currency)]));
	if (of.equity < 0) lines.push(__("{0} owed on the trade-in is added.", [money(-of.equity, currency)]));
	if (of.financed > 0)
		lines.push(__("{0} is moved to {1}.", [money(of.financed, currency), doc.lender || __("the lender")]));
	lines.push(
		open > 0
			? fill(__("{0} stays open; your name and reason are kept."), [html`<b>${money(open, currency)}</b>`])
			: open < 0
			? __("{0} more than needed stays with the house for the customer.", [money(-open, currency)])
			: __("Then nothing is open on the customer.")
	);
	lines.push(__("The car is the customer's, and its first service is booked."));
	return html`${lines.map((line) => html`<div>${line}</div>`)}`;
}

export function collect(doc, done) {
	const { customer, company, doctype, name } = doc;
	return collect_of({ customer, company, doctype, name, done });
}

export async function unwind(doc, done) {
	let plan;
	try {
		plan = await call("dealer_pos_crm.api.delivery.preview_unwind", { deal: doc.name }, { type: "GET" });
	} catch (refusal) {
		return told(refusal);
	}
	if (plan.blockers.length) {
		return frappe.msgprint({
			title: __("Cannot Be Unwound"),
			indicator: "orange",
			message: String(bullets(plan.blockers)),
		});
	}
	if (!plan.may) {
		return frappe.msgprint({
			title: __("The Dealer Manager Decides"),
			indicator: "orange",
			message: __("It was delivered {0} days ago. Ask the dealer manager to unwind it.", [plan.days]),
		});
	}
	return ask({
		title: __("Unwind {0}", [doc.name]),
		size: "large",
		fields: [
			{
				fieldtype: "Int",
				fieldname: "mileage",
				label: __("Mileage on the odometer now"),
				reqd: 1,
				default: plan.mileage || null,
			},
			{ fieldtype: "Small Text", fieldname: "reason", label: __("Why"), reqd: 1 },
		],
		label: __("Unwind"),
		working: __("Unwinding…"),
		danger: true,
		problem: ({ mileage }) =>
			mileage !== null && mileage !== "" && cint(mileage) < plan.mileage
				? __("The last reading is {0}; a car does not run backwards.", [plan.mileage])
				: null,
		sentence: () => html`<b>${__("What will happen")}</b> ${bullets(plan.will)}`,
		submit: ({ reason, mileage }, key) =>
			call("dealer_pos_crm.api.delivery.unwind", { deal: doc.name, reason, client_key: key, mileage: cint(mileage) }),
		done: (answer) => {
			frappe.show_alert({
				message: answer.owed_to_lender
					? __("Unwound. {0} is owed back to the lender", [money(answer.owed_to_lender, doc.currency)])
					: __("Unwound"),
				indicator: "green",
			});
			done(answer);
		},
	});
}
