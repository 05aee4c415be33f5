/** The Counter Receipt form: what was paid, how, and where it is in the books; finish, give up, print, e-mail. */

import { ask } from "../../desk/ask";
import { fill, html, link, meet, ours, pill, trusted } from "../../desk/html";
import { no_reason, reason_field } from "../../desk/reason";
import { call } from "../../desk/server";
import { money, when } from "../../desk/words";
import { open as collect } from "../collect/collect";
import { mail } from "../receipts/mail";
import { print } from "../receipts/print";
import { color, tender_color } from "./status";

const API = "dealer_pos_crm.api.counter_receipt.";
// Said at the top already.
const SECTIONS = ["main_section", "lines_section", "tenders_section", "end_section"];

export async function refresh(frm) {
	ours(frm);
	frm.disable_save();
	if (frm.is_new()) {
		frm.set_intro(__("A receipt is written by Collect: at the counter, on a repair order or on a deal."), "blue");
		return;
	}
	frm.set_read_only();
	for (const section of SECTIONS) frm.toggle_display(section, false);
	const { name } = frm.doc;
	const area = frm.fields_dict.overview.$wrapper;
	if (area.data("receipt") !== name) {
		area.data("receipt", name).html(`<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>`);
	}
	let state;
	try {
		state = await call(`${API}state`, { receipt_name: name }, { type: "GET" });
	} catch (refusal) {
		area.html(String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`));
		return;
	}
	if (frm.doc.name !== name) return;
	meet({ [state.taken_by]: state.taken_by_name });
	area.html(String(overview(state)));
	buttons(frm, state);
}

function overview(state) {
	const open = state.status === "Collecting";
	return html`<div class="dlr-overview">
		<div class="dlr-answer">${amount(state)} ${who(state)} ${hand(state)}</div>
		${meaning(state)}
		<h6 class="dlr-heading">${open ? __("What is paid") : __("What was paid")}</h6>
		${lines(state)}
		<h6 class="dlr-heading">${open ? __("How it is paid") : __("How it was paid")}</h6>
		${tenders(state)}
	</div>`;
}

function amount(state) {
	const collecting = state.status === "Collecting";
	return html`<div class="dlr-figure">
		<div class="dlr-label">${collecting ? __("To collect") : __("Received")}</div>
		<div class="dlr-number ${collecting ? "dlr-quiet" : ""}">${money(state.amount, state.currency)}</div>
		<div class="dlr-small">${pill(__(state.status), color(state.status))} ${state.taken_on ? when(state.taken_on) : ""}</div>
	</div>`;
}

function who(state) {
	return html`<div class="dlr-figure">
		<div class="dlr-label">${__("From")}</div>
		<div class="dlr-fact">${link("Customer", state.customer, state.customer_name)}</div>
		<div class="dlr-small">${fill(state.status === "Collecting" ? __("begun by {0}") : __("taken by {0}"), [state.taken_by_name])}${
			state.pos_profile ? html` · ${state.pos_profile}` : ""
		}</div>
		${state.shift ? html`<div class="dlr-small">${link("POS Opening Entry", state.shift)}</div>` : ""}
	</div>`;
}

function hand(state) {
	if (!state.change_amount && !state.credit_amount && !state.reversed_amount) return "";
	const rows = [
		[state.change_amount, __("Change"), fill(__("of {0} given"), [money(state.given_amount, state.currency)])],
		[state.credit_amount, __("Customer's credit"), ""],
		[state.reversed_amount, __("Taken back"), ""],
	].filter(([value]) => value);
	return rows.map(
		([value, label, more]) => html`<div class="dlr-figure">
			<div class="dlr-label">${label}</div>
			<div class="dlr-fact">${money(value, state.currency)}</div>
			<div class="dlr-small">${more}</div>
		</div>`
	);
}

function meaning(state) {
	const note = (text, tone) => html`<div class="dlr-note dlr-note-${tone}"><div>${text}</div></div>`;
	if (state.status === "Collecting") {
		return note(
			fill(__("{0} of it is not in the books yet. Finish it or give it up before the shift is closed."), [
				money(state.missing, state.currency),
			]),
			"orange"
		);
	}
	return state.note ? note(state.note, "orange") : "";
}

function lines(state) {
	return html`<div class="dlr-scroll"><table class="table dlr-table"><tbody>${state.lines.map(
		(row) => html`<tr>
			<td class="dlr-wrap">${link(row.doctype, row.name, row.what)}
				<div class="dlr-small">${row.repair_order ? link("Repair Order", row.repair_order) : ""}
				${row.deal ? link("Deal Jacket", row.deal) : ""}</div></td>
			<td class="dlr-small">${fill(__("{0} was open"), [money(row.open, state.currency)])}</td>
			<td class="dlr-money">${money(state.status === "Collecting" ? row.amount : row.paid, state.currency)}</td>
		</tr>`
	)}</tbody></table></div>`;
}

function tenders(state) {
	return html`<div class="dlr-scroll"><table class="table dlr-table"><tbody>${state.tenders.map(
		(row) => html`<tr class="${row.state === "Failed" ? "text-muted" : ""}">
			<td class="dlr-wrap">${way(row)}</td>
			<td>${pill(__(row.state), tender_color(row.state))}</td>
			<td class="dlr-wrap">${row.payments.map((name) => html`<div>${link("Payment Entry", name)}</div>`)}</td>
			<td class="dlr-money">${money(row.amount, state.currency)}</td>
		</tr>`
	)}</tbody></table></div>`;
}

function way(row) {
	if (row.way === "Card") {
		const card = row.card_payment;
		if (!card) return __("Card");
		const title = card.last4 ? `${frappe.utils.to_title_case(card.brand || __("Card"))} •••• ${card.last4}` : __("Card");
		return link("Card Payment", card.name, title);
	}
	if (row.way === "Deposit") return html`${__("Deposit")} ${link("Deposit", row.deposit)}`;
	if (row.way === "Credit") return html`${__("Credit")} ${row.credit_of}`;
	return html`${__(row.mode_of_payment)} ${row.instrument && row.instrument !== "Currency" ? row.reference_no : ""}`;
}

function buttons(frm, state) {
	const again = () => frm.reload_doc();
	frm.page.clear_primary_action();
	if (state.status === "Collecting") {
		const may = frappe.model.can_write("Counter Receipt");
		if (!may) return;
		frm.page.set_primary_action(__("Go On"), () =>
			collect({ customer: state.customer, company: state.company, done: again })
		);
		frm.add_custom_button(__("Give Up"), () => give_up(state, again));
		return;
	}
	if (state.status === "Given Up") return;
	frm.page.set_primary_action(__("Print"), () => print({ doctype: "Counter Receipt", name: state.receipt }));
	frm.add_custom_button(__("E-mail"), () =>
		mail({ doctype: "Counter Receipt", name: state.receipt, customer_name: state.customer_name })
	);
}

function give_up(state, done) {
	ask({
		title: __("Give {0} Up", [state.receipt]),
		fields: [reason_field()],
		label: __("Give Up"),
		problem: no_reason,
		sentence: () => __("Nothing more is taken for it. What a card has paid stays booked."),
		submit: ({ reason }) => call(`${API}give_up`, { receipt_name: state.receipt, reason }),
		done,
	});
}
