/** Delivery and money in the form of a deal: what is missing, who owes what, and the next thing to do. */

import { offer, offer_hold } from "../card/buttons";
import { html, link, pill, trusted } from "../desk/html";
import { call } from "../desk/server";
import { money, when } from "../desk/words";
import { collect, deliver, unwind } from "./dialogs";
import { book_difference, fund, returned, send } from "./funding";

const GET = { type: "GET" };
const COLORS = {
	"Not Sent": "orange",
	Sent: "blue",
	Returned: "red",
	"Short-funded": "orange",
	Funded: "green",
};

export function funding_color(status) {
	return COLORS[status] || "gray";
}

export function facts_of(deal) {
	return call("dealer_pos_crm.api.delivery.get_overview", { deal }, GET);
}

/** To be called once: the deal's form draws its parts by itself. */
export function setup() {
	frappe.provide("dealer_pos_crm.deal");
	dealer_pos_crm.deal.delivery = show;
}

async function show(frm) {
	const area = frm.fields_dict.delivery?.$wrapper;
	if (!area || frm.is_new()) return;
	const { name } = frm.doc;
	if (area.data("deal") !== name) area.empty();
	area.data("deal", name);
	let facts;
	try {
		facts = await facts_of(name);
	} catch (refusal) {
		area.html(
			String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`)
		);
		return;
	}
	if (frm.doc.name !== name) return; // the person went on to another one
	for (const field of OWN) frm.toggle_display(field, false);
	frm.toggle_display("mileage_out", Boolean(frm.doc.delivered_at));
	frm.toggle_display("stipulations", Boolean(frm.doc.lender) && frm.doc.deal_type !== "Cash");
	area.html(String(overview(frm.doc, facts)));
	buttons(frm, facts);
}

// Said by the overview already.
const OWN = ["funding_section", "money_section"];

const again = (frm) => () => frm.reload_doc();

function buttons(frm, facts) {
	const { doc } = frm;
	const done = again(frm);
	const dirty = frm.is_dirty();
	const primary = (label, run) => {
		if (!dirty) frm.page.set_primary_action(label, run);
	};
	const add = (label, run, group) => frm.add_custom_button(label, run, group);
	const group = __("Money");
	if (facts.can_deliver) primary(__("Deliver"), () => deliver(doc, done));
	if (facts.can_collect) {
		primary(__("Collect"), () => collect(doc, done));
	} else if (facts.can_send && ["Not Sent", "Returned"].includes(facts.funding?.status)) {
		primary(__("Send to Lender"), () => send(doc, facts, done));
	} else if (facts.can_fund) {
		primary(__("Funded"), () => fund(doc, facts, done));
	}
	if (!["Lost", "Unwound"].includes(doc.stage) && facts.money?.balance > 0) offer(frm, { group });
	if (!facts.delivered && doc.stage !== "Lost") offer_hold(frm, { group, purpose: "Test Drive" });
	if (facts.can_send) add(__("Send to Lender"), () => send(doc, facts, done), group);
	if (facts.can_send) add(__("Returned by Lender"), () => returned(doc, facts, done), group);
	if (facts.can_fund) add(__("Funded"), () => fund(doc, facts, done), group);
	if (facts.can_fund && facts.may_decide && facts.funding.paid > 0) {
		add(__("Book the Rest as a Difference"), () => book_difference(doc, facts, done), group);
	}
	if (facts.can_unwind) add(__("Unwind…"), () => unwind(doc, done), group);
}

function overview(doc, facts) {
	return html`<div class="dlr-delivery">
		${gate(facts)} ${sums(facts)} ${funding(facts)} ${back(doc, facts)} ${documents(facts)}
	</div>`;
}

function gate(facts) {
	if (facts.gate === null) return "";
	if (!facts.gate.length) {
		return html`<div class="dlr-note dlr-note-green">
			<div>
				<b>${__("Ready to deliver.")}</b>
				${facts.money.balance > 0
					? __("{0} is still to be collected.", [money(facts.money.balance, facts.currency)])
					: __("Nothing is open.")}
			</div>
		</div>`;
	}
	return html`<div class="dlr-note dlr-note-orange">
		<div>
			<b>${__("Missing before delivery")}</b>
			<ul class="dlr-list">
				${facts.gate.map((text) => html`<li>${trusted(text)}</li>`)}
			</ul>
		</div>
	</div>`;
}

/** The way from the price to what is open, so that it visibly adds up. */
function sums(facts) {
	const { currency, delivered } = facts;
	const of = facts.money;
	const row = (label, amount, { sign = "", strong = false, always = false } = {}) =>
		amount || always
			? html`<tr class="${strong ? "dlr-strong" : ""}">
					<td>${label}</td>
					<td class="dlr-money">${sign}${money(amount, currency)}</td>
			  </tr>`
			: "";
	const less = (label, amount) =>
		amount < 0 ? row(label, -amount, { sign: "+ " }) : row(label, amount, { sign: "− " });
	const open = of.balance;
	return html`<table class="table dlr-table dlr-sums">
		<thead>
			<tr>
				<th>${delivered ? __("Booked") : __("At delivery")}</th>
				<th class="dlr-money">${currency}</th>
			</tr>
		</thead>
		<tbody>
			${row(__("Total with tax"), of.total, { always: true })}
			${less(of.equity < 0 ? __("Owed on the trade-in") : __("Trade-in, less payoff"), of.equity)}
			${less(__("Financed by the lender"), of.financed)}
			${delivered ? "" : less(__("Deposits held"), of.deposits)} ${less(__("Paid"), of.paid)}
			${row(open < 0 ? __("Owed to the customer") : __("Customer owes"), Math.abs(open), {
				strong: true,
				always: true,
			})}
		</tbody>
	</table>
	${delivered && of.deposits
		? html`<div class="dlr-small">
				${__("{0} more is held in deposits of this deal.", [money(of.deposits, currency)])}
		  </div>`
		: ""}
	${facts.credit
		? html`<div class="dlr-small">
				${__("{0} the customer paid for this deal is matched with nothing: their credit.", [
					money(facts.credit, currency),
				])}
		  </div>`
		: ""}`;
}

function funding(facts) {
	const of = facts.funding;
	if (!of) return "";
	const late =
		of.due_on && of.open > 0 && of.due_on < frappe.datetime.get_today()
			? frappe.datetime.get_day_diff(frappe.datetime.get_today(), of.due_on)
			: 0;
	return html`<div class="dlr-note dlr-note-${of.open > 0 ? (late || of.status === "Returned" ? "red" : "blue") : "green"}">
		<div>
			${pill(__(of.status), funding_color(of.status))} <b>${link("Dealer Lender", of.lender)}</b>
			${of.open > 0
				? __("{0} of {1} is open.", [money(of.open, facts.currency), money(of.financed, facts.currency)])
				: __("{0} has come in.", [money(of.paid, facts.currency)])}
			${of.sent_on && of.open > 0 ? __("Sent {0}.", [frappe.datetime.str_to_user(of.sent_on)]) : ""}
			${of.due_on && of.open > 0
				? late
					? __("Due {0}, {1} days late.", [frappe.datetime.str_to_user(of.due_on), late])
					: __("Due {0}.", [frappe.datetime.str_to_user(of.due_on)])
				: ""}
			${of.stipulations
				? html`<div class="dlr-wrap"><b>${__("The lender wants:")}</b> ${of.stipulations}</div>`
				: ""}
		</div>
	</div>`;
}

function back(doc, facts) {
	const lines = [];
	if (doc.unwound_at) {
		lines.push(html`<div>
			<b>${__("Unwound")}</b> ${when(doc.unwound_at)}: ${doc.unwind_reason || ""}
			${doc.credit_note ? link("Sales Invoice", doc.credit_note) : ""}
		</div>`);
	}
	if (facts.owed_to_lender) {
		lines.push(html`<div>
			${__("{0} has to be paid back to {1}: a Payment Entry (Pay) to its customer.", [
				money(facts.owed_to_lender, facts.currency),
				doc.lender,
			])}
		</div>`);
	}
	if (doc.released_by) {
		lines.push(html`<div>${__("Released unpaid: {0}", [doc.release_reason || ""])}</div>`);
	}
	return lines.length ? html`<div class="dlr-note dlr-note-orange"><div>${lines}</div></div>` : "";
}

function documents(facts) {
	if (!facts.documents.length) return "";
	return html`<div class="dlr-small dlr-wrap">
		${__("Documents:")} ${facts.documents.map((row) => html`${link(row.doctype, row.name)} `)}
	</div>`;
}
