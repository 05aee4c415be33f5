/** Pay a credit note or a credit out over the counter. */

import { ask } from "../../desk/ask";
import { with_manager } from "../../desk/asked";
import { fill, html } from "../../desk/html";
import { no_reason, reason_field } from "../../desk/reason";
import { memory } from "../../desk/kept";
import { call } from "../../desk/server";
import { money } from "../../desk/words";
import { print } from "../receipts/print";

const API = "dealer_pos_crm.api.counter_refund.";

/** A refund that was sent and has no answer yet. */
export const running = memory("dealer_refund");

/** `found`: the customer's options; `row`: one of its credits. */
export function pay_out(found, row, done) {
	const mode_of = (name) => found.modes.find((mode) => mode.name === name);
	const dialog = ask({
		title: __("Pay Out: {0}", [row.what]),
		fields: [
			{ fieldtype: "HTML", fieldname: "head", options: String(head(found, row)) },
			{
				fieldtype: "Currency",
				fieldname: "amount",
				label: __("Amount ({0})", [row.currency]),
				options: "currency",
				default: row.amount,
				reqd: 1,
			},
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Select",
				fieldname: "mode_of_payment",
				label: __("Paid Back With"),
				reqd: 1,
				options: found.modes.map((mode) => ({ value: mode.name, label: __(mode.name) })),
				default: found.modes[0]?.name,
				onchange: () =>
					dialog &&
					dialog.set_df_property(
						"reference_no",
						"hidden",
						mode_of(dialog.get_value("mode_of_payment"))?.numbered ? 0 : 1
					),
			},
			{
				fieldtype: "Data",
				fieldname: "reference_no",
				label: __("Number of the Check"),
				hidden: found.modes[0]?.numbered ? 0 : 1,
			},
			{ fieldtype: "Section Break", hide_border: 1 },
			reason_field(),
		],
		label: __("Pay Out"),
		problem: ({ amount }) => {
			if (!(amount > 0)) return __("Enter an amount.");
			return amount > row.amount
				? __("{0} is more than can go back here ({1}).", [
						money(amount, row.currency),
						money(row.amount, row.currency),
				  ])
				: null;
		},
		missing: (values) => {
			const numbered = mode_of(values.mode_of_payment)?.numbered;
			if (numbered && !(values.reference_no || "").trim()) return __("Write the number of the check.");
			return no_reason(values);
		},
		sentence: ({ amount, mode_of_payment }) => {
			const why = approval_of(row, amount);
			if (why) return html`${__("A manager is asked first.")} ${why}.`;
			return fill(__("{0} goes out to {1} as {2}."), [
				html`<b>${money(amount, row.currency)}</b>`,
				html`<b>${found.customer_name}</b>`,
				html`<b>${__(mode_of_payment)}</b>`,
			]);
		},
		submit: async (values, key) => {
			const args = {
				kind: row.kind,
				source: row.name,
				amount: values.amount,
				mode_of_payment: values.mode_of_payment,
				reference_no: values.reference_no || null,
				reason: values.reason,
				client_key: key,
			};
			running.keep(found.customer, { key, what: row.what });
			try {
				const answer = await call(`${API}ask`, args);
				running.forget(found.customer);
				return answer;
			} catch (refusal) {
				if (!refusal?.lost) running.forget(found.customer);
				throw refusal;
			}
		},
		done: with_manager("Counter Refund", (answer) => answer.refund, (answer, more) => {
			if (!more?.waits) told(answer, found.customer_name);
			done?.(answer);
		}),
	});
	return dialog;
}

function approval_of(row, amount) {
	if (amount > row.limit) return row.approval_above;
	if (amount > row.without_card && row.approval_card) return row.approval_card;
	return row.approval;
}

/** After the decision: the money is handed over, or why not. */
export function told(answer, customer_name) {
	if (answer.status !== "Done") return said(answer);
	return hand_over({
		amount: answer.amount,
		currency: answer.currency,
		customer_name,
		paper: { doctype: "Counter Refund", name: answer.refund },
	});
}

/** What became of a refund, for who stands at the counter. */
export function said(answer) {
	const amount = answer.amount ? money(answer.amount, answer.currency) : __("The refund");
	const words = {
		Done: [__("{0} is agreed to and booked: hand it over", [amount]), "green"],
		Rejected: [__("{0} was turned down: nothing goes back", [amount]), "red"],
		Requested: [__("{0} waits for a manager", [amount]), "orange"],
	}[answer.status];
	if (words) frappe.show_alert({ message: words[0], indicator: words[1] }, 10);
}

/** The money goes over the counter now: how much, and its slip. `paper`: what is printed. */
export function hand_over({ amount, currency, customer_name, paper }) {
	return new Promise((resolve) => {
		const dialog = new frappe.ui.Dialog({
			title: __("Hand It Over"),
			indicator: "green",
			fields: [
				{
					fieldtype: "HTML",
					fieldname: "text",
					options: String(html`<div class="dlr-hand-over">
						<div class="dlr-number">${amount ? money(amount, currency) : ""}</div>
						<div>${fill(__("is booked and goes to {0} now."), [html`<b>${customer_name || ""}</b>`])}</div>
					</div>`),
				},
			],
			primary_action_label: __("Print Slip"),
			primary_action: () => {
				dialog.hide();
				print(paper);
			},
			secondary_action_label: __("Close"),
			secondary_action: () => dialog.hide(),
		});
		dialog.$wrapper.addClass("dlr-asked-now");
		dialog.onhide = () => {
			setTimeout(() => dialog.$wrapper.remove(), 500);
			resolve();
		};
		dialog.show();
		dialog.$wrapper.one("shown.bs.modal", () => dialog.get_primary_btn().trigger("focus"));
	});
}

function head(found, row) {
	const note = (text) => html`<div class="dlr-note dlr-note-orange"><div>${text}</div></div>`;
	return html`<div class="dlr-small">${found.customer_name} · ${row.name}</div>
		${
			row.of_cards
				? note(
						fill(__("{0} of it was paid by {1}: send that back to the card. In another way only a manager agrees."), [
							html`<b>${money(row.of_cards, row.currency)}</b>`,
							row.cards.join(", ") || __("a card"),
						])
				  )
				: ""
		}
		${
			row.clears_on
				? note(
						fill(__("A check paid this. It may still come back from the bank until {0}."), [
							html`<b>${frappe.datetime.str_to_user(row.clears_on)}</b>`,
						])
				  )
				: ""
		}`;
}
