/** What is done with the money of an order: bill it, take it, apply a deposit, hand the car over. */

import { collect_of } from "../counter/collect/from_form";
import { apply } from "../deposit/actions";
import { ask } from "../desk/ask";
import { html, fill, link } from "../desk/html";
import { call } from "../desk/server";
import { money } from "../desk/words";

const GET = { type: "GET" };

export function facts_of(order) {
	return call("dealer_pos_crm.api.service_billing.get_overview", { order }, GET);
}

function told(refusal) {
	frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" });
}

/** Read what is possible now, then open the dialog; a refusal is told where one looks. */
async function with_facts(doc, open) {
	let facts;
	try {
		facts = await facts_of(doc.name);
	} catch (refusal) {
		return told(refusal);
	}
	return open(facts);
}

function bullets(texts) {
	return html`<ul class="dlr-list">
		${texts.map((text) => html`<li>${text}</li>`)}
	</ul>`;
}

export function invoice(doc, done) {
	return with_facts(doc, (facts) => {
		if (facts.invoice_blockers.length) {
			return frappe.msgprint({
				title: __("Cannot Be Invoiced Yet"),
				indicator: "orange",
				message: String(bullets(facts.invoice_blockers)),
			});
		}
		return ask({
			title: __("Invoice {0}", [doc.name]),
			fields: [],
			label: __("Invoice"),
			working: __("Invoicing…"),
			sentence: () => what_is_billed(doc),
			submit: (_values, key) =>
				call("dealer_pos_crm.api.service_billing.invoice", { order: doc.name, client_key: key }),
			done: (answer) => {
				frappe.show_alert({
					message: answer.repeated
						? __("It was invoiced already")
						: __("Invoiced. {0} is open", [money(answer.outstanding, doc.currency)]),
					indicator: "green",
				});
				done(answer);
			},
		});
	});
}

function what_is_billed(doc) {
	const lines = [];
	const row = (text, amount) => {
		if (amount) {
			lines.push(html`<div>${fill(text, [html`<b>${money(amount, doc.currency)}</b>`])}</div>`);
		}
	};
	row(
		flt(doc.tax_amount) ? __("Customer pay: {0} with tax") : __("Customer pay: {0}"),
		flt(doc.grand_total)
	);
	if (flt(doc.deductible)) row(__("Of it the customer pays a deductible of {0}"), doc.deductible);
	row(__("Warranty, to the manufacturer: {0}"), doc.warranty_total);
	row(__("Internal, to the department: {0}"), doc.internal_total);
	const left_out = (doc.jobs || []).filter((job) => ["Declined", "Deferred"].includes(job.answer));
	return html`${lines.length ? lines : __("Nothing is charged on this order.")}
	${left_out.length
		? html`<div class="dlr-small">
				${__("Not billed, and listed on the invoice: {0}", [left_out.map((job) => job.title).join(", ")])}
		  </div>`
		: ""}`;
}

export function collect(doc, done) {
	return with_facts(doc, (facts) => {
		if (!facts.can_collect) {
			return frappe.msgprint({
				title: __("Nothing to Collect"),
				indicator: "blue",
				message: facts.payers.length
					? __("Only somebody who takes payments can collect: a cashier or an accountant.")
					: __("Nothing is open on {0}.", [doc.name]),
			});
		}
		return collect_dialog(doc, facts, done);
	});
}

/** At the counter's own dialog; of an order with several payers, one says first who stands there. */
async function collect_dialog(doc, facts, done) {
	const payer = facts.payers.length > 1 ? await choose_payer(doc, facts) : facts.payers[0].payer;
	return collect_of({ customer: payer, company: doc.company, doctype: doc.doctype, name: doc.name, done });
}

function choose_payer(doc, facts) {
	return new Promise((resolve) => {
		ask({
			title: __("Collect for {0}", [doc.name]),
			fields: [
				{
					fieldtype: "Select",
					fieldname: "payer",
					label: __("Paid by"),
					default: facts.payers[0].payer,
					options: facts.payers.map((row) => ({
						value: row.payer,
						label: __("{0}: {1} open", [row.payer_name, money(row.open, facts.currency)]),
					})),
				},
			],
			label: __("Next"),
			submit: async ({ payer }) => payer,
			done: resolve,
		});
	});
}

/** The deposit's own Apply, with the order's invoice chosen. */
export async function apply_deposit(row, done) {
	try {
		const [deposit, facts] = await Promise.all([
			frappe.db.get_doc("Deposit", row.name),
			call("dealer_pos_crm.api.deposit.get_overview", { deposit: row.name }, GET),
		]);
		const fits =
			facts.actions.includes("Apply") && facts.invoices.some((one) => one.name === row.invoice);
		if (!fits) {
			return frappe.msgprint({
				title: __("Not Possible"),
				indicator: "orange",
				message: __("Open the deposit to see what is possible: {0}", [
					String(link("Deposit", row.name)),
				]),
			});
		}
		return apply(deposit, facts, done, row.invoice);
	} catch (refusal) {
		return told(refusal);
	}
}

export function hand_over(doc, done) {
	return with_facts(doc, (facts) => {
		const blocked = facts.hand_over_blockers;
		const unpaid = facts.outstanding > 0;
		if (blocked.length && !(unpaid && facts.may_release)) {
			return frappe.msgprint({
				title: __("The Car Stays"),
				indicator: "orange",
				message: String(bullets(blocked)),
			});
		}
		return ask({
			title: unpaid
				? __("Release {0} Unpaid", [doc.name])
				: __("Hand Over {0}", [doc.vehicle_title || doc.name]),
			fields: [
				{
					fieldtype: "Int",
					fieldname: "mileage_out",
					label: __("Mileage out"),
					reqd: 1,
					default: facts.mileage || null,
				},
				...(unpaid
					? [
							{
								fieldtype: "Data",
								fieldname: "reason",
								label: __("Reason for the release"),
								reqd: 1,
								length: 140,
							},
					  ]
					: []),
			],
			label: unpaid ? __("Release and Hand Over") : __("Hand Over"),
			working: __("Closing…"),
			danger: unpaid,
			problem: ({ mileage_out }) =>
				cint(mileage_out) && cint(mileage_out) < cint(doc.mileage_in) && !doc.mileage_explanation
					? __("Mileage out is lower than mileage in ({0}). Correct it, or write in the order why.", [
							doc.mileage_in,
					  ])
					: null,
			sentence: () =>
				unpaid
					? fill(__("{0} stays open. The order is closed, and the reason is kept with your name."), [
							html`<b>${money(facts.outstanding, facts.currency)}</b>`,
					  ])
					: __("It is paid. The order is closed and the gate pass can be printed."),
			submit: ({ mileage_out, reason }) =>
				call("dealer_pos_crm.api.service_billing.hand_car_over", {
					order: doc.name,
					mileage_out: cint(mileage_out),
					release_reason: reason || null,
				}),
			done: (answer) => {
				frappe.show_alert({ message: __("Closed. Print the gate pass"), indicator: "green" });
				done(answer);
			},
		});
	});
}
