/** Refund at the counter: all that may go back to a customer, with where it comes from and the door it takes. */

import { approve, with_manager } from "../../desk/asked";
import { fill, html, link } from "../../desk/html";
import { call } from "../../desk/server";
import { money, when } from "../../desk/words";
import { tell } from "../../refund/ways";
import { context } from "../pos/context";
import { register } from "../pos/registry";
import { refresh as refresh_strip } from "../strip/strip";
import { what_became } from "../sent";
import { hand_over, pay_out, running, said, told } from "./pay_out";

const API = "dealer_pos_crm.api.counter_refund.";
const GET = { type: "GET" };

export function setup() {
	register({
		id: "refund",
		label: __("Refund"),
		shortcut: "F9",
		order: 40,
		needs_customer: true,
		condition: () => frappe.model.can_submit("Payment Entry"),
		action: () => {
			const { customer, company } = context();
			return open(customer, company, refresh_strip);
		},
	});
}

/** The list. `done()` after something went back. */
export async function open(customer, company, done) {
	await answer_of_before(customer);
	let found;
	try {
		found = await call(`${API}options`, { customer, company }, GET);
	} catch (refusal) {
		frappe.msgprint({ title: refusal.title || __("Not possible"), message: refusal.message, indicator: "red" });
		return null;
	}
	const back_to = document.activeElement;
	const dialog = new frappe.ui.Dialog({ title: __("Refund: {0}", [found.customer_name]), size: "large" });
	dialog.$wrapper.addClass("dlr-refund-list");
	dialog.$body.html(String(list(found)));
	dialog.$body.on("click", "button[data-go]", ({ currentTarget }) => {
		const { go, at } = currentTarget.dataset;
		dialog.hide();
		doors[go](found, Number(at), () => {
			done?.();
			frappe.utils.play_sound?.("submit");
		});
	});
	dialog.$body.on("keydown", "button[data-go]", (event) => step(event, dialog.$body));
	dialog.onhide = () => {
		back_to?.isConnected && back_to.focus?.();
		setTimeout(() => dialog.$wrapper.remove(), 500);
	};
	dialog.show();
	dialog.$wrapper.one("shown.bs.modal", () => dialog.$body.find("button[data-go]").first().trigger("focus"));
	return dialog;
}

function step(event, body) {
	const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
	if (!by) return;
	event.preventDefault();
	const all = body.find("button[data-go]");
	all.eq((all.index(event.currentTarget) + by + all.length) % all.length).trigger("focus");
}

// Each kind of money goes back by its own door.
const doors = {
	waiting: async (found, at, done) => {
		const row = found.waiting[at];
		const answer = await approve({ doctype: row.doctype, name: row.name });
		if (!answer) return;
		const whole = { amount: row.amount, currency: row.currency, ...answer };
		if (row.doctype === "Deposit Action") of_deposit(whole, found);
		else if (row.doctype === "Card Refund" || answer.kind === "Return") said(whole);
		else told(whole, found.customer_name);
		done();
	},
	deposit: async (found, at, done) => {
		const name = found.deposits[at].name;
		const [doc, facts] = await Promise.all([
			frappe.db.get_doc("Deposit", name),
			call("dealer_pos_crm.api.deposit.get_overview", { deposit: name }, GET),
		]);
		const after = with_manager("Deposit Action", (answer) => answer.action, (answer, more) => {
			if (!more?.waits) of_deposit(answer, found);
			done();
		});
		dealer.deposit.refund(doc, facts, after);
	},
	card: (found, at, done) => {
		const row = found.cards[at];
		const after = with_manager("Card Refund", (answer) => answer.refund, (answer, more) => {
			if (more && !more.waits) tell([{ ...answer, card: row.card }]);
			done();
		});
		return dealer.refund.dialog.refund(row.card_payment, after, row);
	},
	credit: (found, at, done) => pay_out(found, found.credits[at], done),
};

/** What a deposit pays out over the counter is handed over; what goes to a card has been told. */
function of_deposit(answer, found) {
	if (answer.status !== "Done") return said(answer);
	const to_cards = answer.card_refunds || [];
	const entries = new Set(to_cards.map((row) => row.payment_entry));
	const entry = (answer.documents || []).find((row) => row.doctype === "Payment Entry" && !entries.has(row.name));
	if (!entry) return null;
	return hand_over({
		amount: flt(answer.amount - to_cards.reduce((sum, row) => sum + row.amount, 0), 6),
		currency: answer.currency,
		customer_name: found.customer_name,
		paper: entry,
	});
}

function list(found) {
	const sections = [
		section(
			__("Waits for a manager"),
			found.waiting.map((row, at) =>
				line(
					html`${link(row.doctype, row.name)} “${row.reason || ""}”`,
					fill(__("asked by {0} {1}"), [row.by, when(row.requested_at)]),
					money(row.amount, row.currency),
					["waiting", at, __("Approve Now")]
				)
			)
		),
		section(
			__("Deposits held"),
			found.deposits.map((row, at) =>
				line(
					html`${row.what || row.name}`,
					html`${link("Deposit", row.name)} · ${__(row.status)} · ${when(row.taken_on)}`,
					money(row.held_amount, row.currency),
					["deposit", at, __("Refund")]
				)
			)
		),
		section(
			__("Back to a card"),
			found.cards.map((row, at) =>
				line(
					html`${row.card}`,
					html`${link("Card Payment", row.card_payment)} · ${row.what}`,
					money(row.most, row.currency),
					["card", at, __("Back to Card")]
				)
			)
		),
		section(
			__("Credits"),
			found.credits.map((row, at) =>
				line(
					html`${row.what}`,
					html`${link(row.doctype, row.name)} · ${frappe.datetime.str_to_user(row.on)}
						${row.links.map((one) => html` · ${link(one.doctype, one.name)}`)}
						${row.of_cards ? html` · <span class="dlr-orange">${__("paid by card")}</span>` : ""}
						${row.clears_on ? html` · <span class="dlr-orange">${__("check not cleared")}</span>` : ""}`,
					money(row.amount, row.currency),
					["credit", at, __("Pay Out")]
				)
			)
		),
	].filter(Boolean);
	return html`${
		sections.length
			? sections
			: html`<p class="text-muted">${__("Nothing of this customer is here that could go back.")}</p>`
	}
	<p class="dlr-small dlr-refund-goods">${__(
		"Goods that were sold at this screen come back with a return: open the sale in the order list and choose Return."
	)}</p>`;
}

function section(title, lines) {
	return lines.length ? html`<h6 class="dlr-refund-title">${title}</h6>${lines}` : "";
}

function line(what, trace, amount, [go, at, label]) {
	return html`<div class="dlr-refund-row">
		<div class="dlr-refund-what"><div>${what}</div><div class="dlr-small">${trace}</div></div>
		<div class="dlr-refund-amount">${amount}</div>
		<button type="button" class="btn btn-default dlr-tap" data-go="${go}" data-at="${at}">${label}</button>
	</div>`;
}

/** A refund whose answer was lost: what became of it is said before anything else. */
async function answer_of_before(customer) {
	const sent = running.kept(customer);
	if (!sent) return;
	try {
		const answer = await what_became(sent.key, (client_key) => call(`${API}find`, { client_key }, GET));
		running.forget(customer);
		if (answer) said(answer);
		else frappe.show_alert({ message: __("{0}: nothing was paid out before", [sent.what]), indicator: "blue" });
	} catch {
		// still no answer: asked again the next time
	}
}
