/** Where the money of a refund goes, payment by payment, before anybody decides it. */

import { fill, html } from "../desk/html";
import { money } from "../desk/words";

/** What goes back how: the oldest payment first, as the refund draws it. */
export function drawn(ways, amount) {
	const found = [];
	let rest = amount;
	for (const way of ways || []) {
		if (!(rest > 0)) break;
		const part = Math.min(rest, way.left);
		if (part > 0) found.push({ ...way, part: flt(part, 6) });
		rest = flt(rest - part, 6);
	}
	return found;
}

/** Whether card money would be paid out in another way. */
export function leaves_card(parts, mode) {
	return parts.some((part) => part.card && mode && mode !== part.mode);
}

const by_card = (part, mode) => Boolean(part.card) && (!mode || mode === part.mode);

/** Why it cannot go back, in any way: what the bank has taken would be paid twice. Null when it can. */
export function problem(parts) {
	const stuck = parts.find((part) => part.card && part.why_not);
	return stuck ? stuck.why_not : null;
}

export function sentence(parts, mode, currency, customer) {
	const lines = parts.map((part) => {
		const amount = html`<b>${money(part.part, currency)}</b>`;
		if (by_card(part, mode))
			return fill(__("{0} back to {1}, there in 5 to 10 business days"), [
				amount,
				html`<b>${part.card}</b>`,
			]);
		return fill(__("{0} as {1}"), [amount, html`<b>${__(mode || part.mode)}</b>`]);
	});
	if (lines.length === 1)
		return html`${test_mode(parts, mode)}${one(parts[0], mode, currency, customer)}`;
	return html`${test_mode(parts, mode)}${fill(__("{0} gets:"), [html`<b>${customer}</b>`])}
		<ul class="dlr-refund-ways">${lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}

function one(part, mode, currency, customer) {
	const amount = html`<b>${money(part.part, currency)}</b>`;
	if (part.card && !by_card(part, mode))
		return fill(__("{0} is paid out to {1} as {2}, not to {3}."), [
			amount,
			html`<b>${customer}</b>`,
			html`<b>${__(mode)}</b>`,
			part.card,
		]);
	return part.card
		? fill(__("{0} goes back to {1}, and is there in 5 to 10 business days."), [
				amount,
				html`<b>${part.card}</b>`,
		  ])
		: fill(__("{0} goes back to {1} now."), [amount, html`<b>${customer}</b>`]);
}

function test_mode(parts, mode) {
	return parts.some((part) => part.test_mode && by_card(part, mode))
		? html`<div><b>${__("TEST MODE")}</b> ${__("No real money moves.")}</div>`
		: "";
}

/** What became of the card refunds of an action, for who stands at the counter. */
export function tell(rows) {
	for (const row of rows || []) {
		const amount = money(row.amount, row.currency);
		const said = {
			Refunded: [__("{0} is on its way to {1}", [amount, row.card]), "green"],
			Pending: [__("{0} is on its way to {1}", [amount, row.card]), "blue"],
			Sending: [
				__("{0} to {1}: the card provider has not answered yet. It is repeated by itself", [
					amount,
					row.card,
				]),
				"orange",
			],
			"Needs Action": [__("{0}: the customer has to tell the provider where to send it", [amount]), "orange"],
			Failed: [__("{0} did not go back to {1}: {2}", [amount, row.card, row.failure || ""]), "red"],
		}[row.status];
		if (said) frappe.show_alert({ message: frappe.utils.escape_html(said[0]), indicator: said[1] }, 10);
	}
}
