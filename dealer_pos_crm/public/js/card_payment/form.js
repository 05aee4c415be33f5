/** The Card Payment form: where the money is, what that means, and what can be done about it. */

import { refresh as refresh_hold } from "../card/hold";
import { ask } from "../desk/ask";
import { fill, html, intro, link, meet, ours, person, pill, trusted } from "../desk/html";
import { call } from "../desk/server";
import { money, when } from "../desk/words";
import { booking_color, call_color, color } from "./status";

const API = "dealer_pos_crm.api.card_payment.";
// Said at the top already.
const SAID = ["customer_name", "what", "status", "booking", "booking_note", "payment_entry", "decline_message"];

export async function refresh(frm) {
	ours(frm);
	intro(frm, "");
	frm.disable_save();
	if (frm.is_new()) {
		intro(frm, __("Card payments begin at a reader, or on the page of a pay request."), "blue");
		return;
	}
	frm.set_read_only();
	for (const field of SAID) frm.toggle_display(field, false);
	await load(frm);
}

async function load(frm, facts = null) {
	const { name } = frm.doc;
	const top = frm.fields_dict.overview.$wrapper;
	if (top.data("payment") !== name) {
		top.data("payment", name).html(`<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>`);
	}
	try {
		facts = facts || (await call(`${API}get_overview`, { card_payment: name }, { type: "GET" }));
	} catch (refusal) {
		top.html(String(note(trusted(refusal.message), "red")));
		return;
	}
	if (frm.doc.name !== name) return;
	meet(facts.people);
	top.html(String(overview(frm.doc, facts)));
	buttons(frm, facts);
	await refresh_hold(frm).catch(() => null); // the hold's own line; without it the form says all the same
}

export function test_mode(doc) {
	return doc.test_mode
		? html`<div class="dlr-note dlr-note-orange"><div><b>${__("TEST MODE")}</b> ${__("No real money moves.")}</div></div>`
		: "";
}

function note(text, tone) {
	return html`<div class="dlr-note ${tone ? `dlr-note-${tone}` : ""}"><div>${text}</div></div>`;
}

function overview(doc, facts) {
	return html`<div class="dlr-overview">
		${test_mode(doc)}
		<div class="dlr-answer">${amount(doc, facts)} ${purpose(doc)} ${books(doc, facts)} ${card(doc)}</div>
		${note(facts.meaning.text, tone(facts.meaning.tone))}
		${rows(__("Refunds"), "Card Refund", facts.refunds, doc)} ${rows(__("Disputes"), "Dispute Case", facts.disputes, doc)}
		${calls(facts.calls)}
	</div>`;
}

const tone = (name) => (["green", "orange", "red"].includes(name) ? name : "");

function amount(doc, facts) {
	const captured = doc.status === "Captured";
	const shown = captured ? doc.captured_amount : doc.status === "Authorised" ? doc.authorised_amount : doc.amount;
	const gone = [
		[doc.refunded_amount, __("refunded")],
		[doc.refund_pending, __("on its way back")],
		[doc.disputed_amount, __("disputed")],
	].filter(([value]) => value);
	return html`<div class="dlr-figure">
		<div class="dlr-label">${captured ? __("Paid") : __("Amount")}</div>
		<div class="dlr-number ${captured ? "" : "dlr-quiet"}">${money(shown, doc.currency)}</div>
		<div class="dlr-small">${pill(__(doc.status), color(doc.status))}
			${doc.captured_on ? when(doc.captured_on) : ""}</div>
		${
			gone.length
				? html`<div class="dlr-small">
					${gone.map(([value, label], at) => html`${at ? " · " : ""}${money(value, doc.currency)} ${label}`)},
					${fill(__("{0} left"), [money(facts.left, doc.currency)])}
			  </div>`
				: ""
		}
	</div>`;
}

function purpose(doc) {
	const what = doc.for_name ? link(doc.for_doctype, doc.for_name, doc.what) : doc.what;
	return html`<div class="dlr-figure">
		<div class="dlr-label">${__("For")}</div>
		<div class="dlr-fact">${what}</div>
		<div class="dlr-small">${link("Customer", doc.customer, doc.customer_name)}</div>
		<div class="dlr-small">${doc.pay_request ? link("Pay Request", doc.pay_request) : __(doc.channel || "")}
			${doc.requested_by ? html`· ${person(doc.requested_by)}` : ""}</div>
	</div>`;
}

function books(doc, facts) {
	if (doc.status !== "Captured") return "";
	const word = doc.booking || __("Not Booked");
	return html`<div class="dlr-figure">
		<div class="dlr-label">${__("In the books")}</div>
		<div class="dlr-fact">${pill(__(word), booking_color(word))}</div>
		${facts.entry ? html`<div class="dlr-small">${link("Payment Entry", facts.entry.name)}</div>` : ""}
		${
			facts.entry?.unallocated_amount && !doc.deposit
				? html`<div class="dlr-small">
						${fill(__("{0} of it a credit"), [money(facts.entry.unallocated_amount, doc.currency)])}
				  </div>`
				: ""
		}
	</div>`;
}

function card(doc) {
	if (!doc.last4) return "";
	return html`<div class="dlr-figure">
		<div class="dlr-label">${__("Card")}</div>
		<div class="dlr-fact">${frappe.utils.to_title_case(doc.brand || __("Card"))} •••• ${doc.last4}</div>
		${doc.expires ? html`<div class="dlr-small">${__("until {0}", [doc.expires])}</div>` : ""}
		${doc.wallet ? html`<div class="dlr-small">${frappe.utils.to_title_case(doc.wallet.replace(/_/g, " "))}</div>` : ""}
	</div>`;
}

function rows(title, doctype, found, doc) {
	if (!found.length) return "";
	return html`<h6 class="dlr-heading">${title}</h6>
		<div class="dlr-scroll"><table class="table dlr-table"><tbody>${found.map(
			(row) => html`<tr>
				<td>${link(doctype, row.name)}</td><td>${__(row.status)}</td><td>${row.reason || ""}</td>
				<td>${row.at ? when(row.at) : ""}</td>
				<td class="dlr-money">${money(row.amount, doc.currency)}</td>
			</tr>`
		)}</tbody></table></div>`;
}

function calls(found) {
	const open = found.filter((row) => !["Done", "Refused"].includes(row.status));
	if (!open.length) return "";
	return html`<h6 class="dlr-heading">${__("Calls to the card provider")}</h6>
		<div class="dlr-scroll"><table class="table dlr-table"><tbody>${open.map(
			(row) => html`<tr>
				<td>${link("Payment Attempt", row.name, __(row.operation))}</td>
				<td>${pill(__(row.status), call_color(row.status))}</td>
				<td class="dlr-wrap">${row.explanation || ""}</td>
				<td>${row.at ? when(row.at) : ""}</td>
			</tr>`
		)}</tbody></table></div>`;
}

function buttons(frm, facts) {
	const { name } = frm.doc;
	if (facts.may_book) {
		const label = frm.doc.booking === "Booking Cancelled" ? __("Book Again") : __("Book Now");
		frm.page.set_primary_action(label, () => book(frm));
	}
	if (facts.may_read) {
		frm.add_custom_button(__("Read Again"), async () => {
			frm.page.btn_secondary?.prop("disabled", true);
			try {
				await call(`${API}read_again`, { card_payment: name });
				frappe.show_alert({ message: __("Read at the card provider."), indicator: "green" });
			} catch (refusal) {
				frappe.msgprint({ title: refusal.title || __("No Answer"), message: refusal.message });
			}
			await frm.reload_doc();
		});
	}
	if (frm.doc.receipt_url) {
		frm.add_custom_button(__("Receipt of the Provider"), () => window.open(frm.doc.receipt_url, "_blank", "noopener"));
	}
}

function book(frm) {
	const { doc } = frm;
	ask({
		title: __("Book {0}", [doc.name]),
		fields: [],
		label: __("Book"),
		working: __("Booking…"),
		sentence: () =>
			doc.for_name
				? fill(__("{0} go to {1} if it takes them, and else to the customer's credit. The posting date is today."), [
						html`<b>${money(doc.captured_amount, doc.currency)}</b>`,
						html`<b>${doc.for_name}</b>`,
				  ])
				: fill(__("{0} go to the customer's credit. The posting date is today."), [
						html`<b>${money(doc.captured_amount, doc.currency)}</b>`,
				  ]),
		submit: () => call(`${API}book_again`, { card_payment: doc.name }),
		done: () => frm.reload_doc(),
	});
}
