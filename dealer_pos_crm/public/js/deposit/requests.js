/** What waits for a second person: approve, reject, withdraw. */

import { ask } from "../desk/ask";
import { approve as approve_here } from "../desk/asked";
import { html, fill, person } from "../desk/html";
import { no_note, reason_field } from "../desk/reason";
import { call } from "../desk/server";
import { money } from "../desk/words";
import * as ways from "../refund/ways";

export function approve(row, customer_name, done) {
	const amount = html`<b>${money(row.amount, row.currency)}</b>`;
	const will = {
		Refund: fill(__("{0} goes back to {1} now."), [amount, html`<b>${customer_name}</b>`]),
		Forfeit: fill(__("{0} is kept: {1} gets an invoice over it, paid by this deposit."), [
			amount,
			html`<b>${customer_name}</b>`,
		]),
		Cancel: fill(__("Today's payment of {0} is cancelled, as if it had not been taken."), [
			amount,
		]),
	}[row.action];
	return ask({
		title: __("Approve: {0}", [__(row.action)]),
		fields: [
			{ fieldtype: "Small Text", fieldname: "note", label: __("Note"), max_height: "60px" },
		],
		label: __("Approve"),
		sentence: () =>
			html`${will} ${fill(__("Asked by {0}: “{1}”"), [
				person(row.requested_by),
				row.reason,
			])}`,
		submit: ({ note }) =>
			call("dealer_pos_crm.api.deposit.decide", { action: row.name, approve: 1, note }),
		done: (answer) => {
			ways.tell(answer.card_refunds);
			return done?.(answer);
		},
	});
}

export function reject(row, done) {
	return ask({
		title: __("Reject: {0}", [__(row.action)]),
		fields: [reason_field({ fieldname: "note", label: __("Why Not") })],
		label: __("Reject"),
		missing: no_note,
		sentence: () =>
			fill(__("Nothing is paid. {0} is told."), [html`<b>${person(row.requested_by)}</b>`]),
		submit: ({ note }) =>
			call("dealer_pos_crm.api.deposit.decide", { action: row.name, approve: 0, note }),
		done,
	});
}

export async function withdraw(row, done) {
	try {
		await call("dealer_pos_crm.api.deposit.withdraw", { action: row.name });
		frappe.show_alert({ message: __("Request withdrawn"), indicator: "green" });
		done();
	} catch (refusal) {
		frappe.msgprint({
			title: refusal.title || __("Not possible"),
			message: refusal.message,
			indicator: "red",
		});
	}
}

/** A manager beside this screen decides here. */
export async function at_this_screen(doctype, name, done) {
	const answer = await approve_here({ doctype, name });
	if (!answer) return;
	ways.tell(answer.card_refunds);
	done(answer);
}

/** Wire the buttons of request notes inside an element. */
export function listen(element, requests, customer_name, done) {
	const row_of = (event) => {
		const name = event.currentTarget.closest("[data-request]").dataset.request;
		return requests.find((row) => row.name === name);
	};
	element
		.off(".dlr_requests")
		.on("click.dlr_requests", "[data-dlr=approve]", (event) =>
			approve(row_of(event), customer_name, done)
		)
		.on("click.dlr_requests", "[data-dlr=approve-here]", (event) =>
			at_this_screen("Deposit Action", row_of(event).name, done)
		)
		.on("click.dlr_requests", "[data-dlr=reject]", (event) => reject(row_of(event), done))
		.on("click.dlr_requests", "[data-dlr=withdraw]", (event) => {
			event.currentTarget.disabled = true;
			withdraw(row_of(event), done);
		});
}
