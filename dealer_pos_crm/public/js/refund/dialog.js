/** Give money back to the card it came from. */

import { ask } from "../desk/ask";
import { fill, html, trusted } from "../desk/html";
import { no_reason, reason_field } from "../desk/reason";
import { call } from "../desk/server";
import { money } from "../desk/words";
import { tell } from "./ways";

const API = "dealer_pos_crm.api.card_refund.";

export function options(card_payment) {
	return call(`${API}options`, { card_payment }, { type: "GET" });
}

/** Open the dialog of one card payment. `facts`: its options, else they are asked for. */
export async function refund(card_payment, done, facts = null) {
	const found = facts || (await options(card_payment));
	if (found.why_not) return refuse(found, done);
	return open(found, done);
}

function places(found) {
	return found.places.filter((place) => place.source !== "Deposit");
}

function place_of(found, document) {
	const rows = places(found);
	return rows.find((row) => row.document === (document || "")) || rows[0];
}

const most_of = (found, place) => Math.min(found.left, place?.amount || 0);

function open(found, done) {
	const rows = places(found);
	const first = rows[0];
	const dialog = ask({
		title: __("Refund to {0}", [found.card]),
		fields: [
			{ fieldtype: "HTML", fieldname: "head", options: String(head(found)) },
			{
				fieldtype: "Select",
				fieldname: "document",
				label: __("From"),
				hidden: rows.length > 1 ? 0 : 1,
				default: first.document,
				options: rows.map((row) => ({
					value: row.document,
					label: row.document
						? __("Credit note {0}: {1}", [row.document, money(row.amount, found.currency)])
						: __("Not used for anything: {0}", [money(row.amount, found.currency)]),
				})),
				onchange: () =>
					dialog &&
					dialog.set_value("amount", most_of(found, place_of(found, dialog.get_value("document")))),
			},
			{
				fieldtype: "Currency",
				fieldname: "amount",
				label: __("Amount ({0})", [found.currency]),
				options: "currency",
				default: most_of(found, first),
				reqd: 1,
			},
			reason_field(),
		],
		label: __("Refund"),
		working: __("Asking the card provider…"),
		problem: ({ amount, document }) => {
			const most = most_of(found, place_of(found, document));
			if (!(amount > 0)) return __("Enter an amount.");
			return amount > most
				? __("{0} is more than can go back here ({1}).", [
						money(amount, found.currency),
						money(most, found.currency),
				  ])
				: null;
		},
		missing: no_reason,
		sentence: ({ amount }) => {
			const why = amount > found.limit ? found.approval_above : found.approval;
			if (why) return html`${__("A manager is asked first.")} ${why}.`;
			return fill(__("{0} goes back to {1}, and is there in 5 to 10 business days."), [
				html`<b>${money(amount, found.currency)}</b>`,
				html`<b>${found.card}</b>`,
			]);
		},
		submit: ({ amount, reason, document }, key) =>
			call(`${API}refund`, {
				card_payment: found.card_payment,
				amount,
				reason,
				document: document || null,
				client_key: key,
			}),
		done: (answer) => {
			said(answer, found);
			done?.(answer);
		},
	});
	return dialog;
}

function said(answer, found) {
	if (answer.status === "Requested") {
		frappe.show_alert(
			{ message: __("A manager was asked"), subtitle: answer.approval_reason, indicator: "orange" },
			7
		);
		return;
	}
	tell([{ ...answer, card: found.card }]);
}

/** What was taken, what went back, what is left: before the amount is typed. */
function head(found, left = __("Can still go back")) {
	const line = (label, amount) =>
		amount
			? html`<tr><td>${label}</td><td class="text-right">${money(amount, found.currency)}</td></tr>`
			: "";
	return html`${found.test_mode ? html`<div class="dlr-note dlr-note-orange"><div><b>${__("TEST MODE")}</b> ${__("No real money moves.")}</div></div>` : ""}
		<div class="dlr-small">${found.customer_name || found.customer} · ${found.what}</div>
		<table class="dlr-refund-sums">
			${line(__("Paid"), found.captured)} ${line(__("Refunded"), -found.refunded)}
			${line(__("Refund under way"), -found.under_way)} ${line(__("Taken by the bank"), -found.disputed)}
			<tr class="dlr-refund-left">
				<td>${left}</td>
				<td class="text-right"><b>${money(found.left, found.currency)}</b></td>
			</tr>
		</table>`;
}

/** Nothing can go back now: why, and the way out that a click opens. */
function refuse(found, done) {
	const deposit = found.places.find((place) => place.source === "Deposit");
	const used = found.may_reopen && found.left > 0 && !found.places.length ? found.used : [];
	const dialog = new frappe.ui.Dialog({
		title: __("Nothing Can Go Back Yet"),
		indicator: "orange",
		primary_action_label: deposit ? __("Open Deposit") : __("Close"),
		primary_action: () => {
			dialog.hide();
			if (deposit) frappe.set_route("Form", "Deposit", deposit.document);
		},
	});
	dialog.$body.html(
		String(html`${head(found, __("Left of it"))}
			<div class="dlr-note dlr-note-orange"><div>${trusted(found.why_not)}</div></div>
			${used.map(
				(row) => html`<div class="dlr-buttons dlr-refund-way-out">
					<button class="btn btn-default btn-sm" data-reopen="${row.name}">
						${__("Reopen {0}", [row.name])}
					</button>
				</div>`
			)}`)
	);
	dialog.$body.on("click", "[data-reopen]", (event) => {
		const row = used.find((one) => one.name === event.currentTarget.dataset.reopen);
		dialog.hide();
		reopen(found, row, done);
	});
	dialog.show();
	return dialog;
}

/** Take the payment off an invoice; the refund dialog follows. */
export function reopen(found, row, done) {
	return ask({
		title: __("Reopen {0}", [row.name]),
		danger: true,
		fields: [reason_field()],
		label: __("Reopen"),
		missing: no_reason,
		sentence: () =>
			fill(__("{0} is owed on {1} again, and the money is free to go back to {2}."), [
				html`<b>${money(row.amount, found.currency)}</b>`,
				html`<b>${row.name}</b>`,
				html`<b>${found.card}</b>`,
			]),
		submit: ({ reason }) =>
			call(`${API}reopen`, {
				card_payment: found.card_payment,
				doctype: row.doctype,
				document: row.name,
				reason,
			}),
		done: () => refund(found.card_payment, done),
	});
}

/** The card payments behind a document; the dialog of the one that is meant. */
export async function refund_of(doctype, name, done) {
	const rows = await call(`${API}for_document`, { doctype, name }, { type: "GET" });
	if (rows.length < 2) return rows.length ? refund(rows[0].card_payment, done, rows[0]) : none();
	const by_name = Object.fromEntries(rows.map((row) => [row.card_payment, row]));
	return ask({
		title: __("Refund Which Payment?"),
		fields: [
			{
				fieldtype: "Select",
				fieldname: "card_payment",
				label: __("Card Payment"),
				reqd: 1,
				default: (rows.find((row) => !row.why_not) || rows[0]).card_payment,
				options: rows.map((row) => ({
					value: row.card_payment,
					label: `${row.card} · ${row.what} · ${money(row.left, row.currency)}`,
				})),
			},
		],
		label: __("Next"),
		sentence: ({ card_payment }) => trusted(by_name[card_payment]?.why_not || ""),
		submit: async (values) => values.card_payment,
		done: (chosen) => refund(chosen, done, by_name[chosen]),
	});
}

function none() {
	frappe.show_alert({ message: __("No card has paid this."), indicator: "blue" });
}
