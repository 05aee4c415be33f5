/** The Card Refund form: where the money is, what that means, and what a person may do. */

import { ask } from "../desk/ask";
import { approve as approve_here } from "../desk/asked";
import { fill, html, link, meet, ours, person, pill, trusted } from "../desk/html";
import { no_note, reason_field } from "../desk/reason";
import { call } from "../desk/server";
import { money, when } from "../desk/words";
import { color_of } from "./status";
import { tell } from "./ways";

// Said at the top already.
const SAID = ["amount", "status", "reason", "approval_reason", "test_mode", "currency", "failure"];

const API = "dealer_pos_crm.api.card_refund.";

export async function refresh(frm) {
	ours(frm);
	frm.disable_save();
	if (frm.is_new()) return;
	for (const field of SAID) frm.toggle_display(field, false);
	const name = frm.doc.name;
	const area = frm.fields_dict.overview.$wrapper;
	if (area.data("refund") !== name) area.html('<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>');
	area.data("refund", name);
	let facts;
	try {
		facts = await call(`${API}get_overview`, { card_refund: name }, { type: "GET" });
	} catch (refusal) {
		area.html(String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`));
		return;
	}
	if (frm.doc.name !== name) return;
	meet(facts.people);
	area.html(String(overview(frm.doc, facts)));
	buttons(frm, facts);
}

function overview(doc, facts) {
	const tone = { gray: "", blue: "" }[facts.meaning.tone] ?? `dlr-note-${facts.meaning.tone}`;
	return html`<div class="dlr-overview">
		<div class="dlr-answer">
			<div class="dlr-figure">
				<div class="dlr-label">${__("Refund")}</div>
				<div class="dlr-number">${money(doc.amount, doc.currency)}</div>
				<div class="dlr-small">
					${pill(__(doc.status), color_of(doc.status))}
					${doc.test_mode ? pill(__("Test mode"), "yellow") : ""}
				</div>
			</div>
			<div class="dlr-figure">
				<div class="dlr-label">${__("Back To")}</div>
				<div class="dlr-fact">${facts.card || __("the card")}</div>
				<div class="dlr-small">${link("Customer", doc.customer)}</div>
				<div class="dlr-small">${link("Card Payment", doc.card_payment, facts.what)}</div>
			</div>
			<div class="dlr-figure">
				<div class="dlr-label">${__("Why")}</div>
				<div class="dlr-fact">${doc.reason}</div>
				<div class="dlr-small">${asked(doc)}</div>
			</div>
		</div>
		<div class="dlr-note ${tone}">
			<div>
				${trusted(facts.meaning.text)}
				${doc.approval_reason && doc.status === "Requested" ? html`<div class="dlr-small">${doc.approval_reason}</div>` : ""}
				${said(facts.attempt)}
				${doc.arn && doc.status !== "Failed" ? html`<div class="dlr-small">${__("The bank finds it by {0}", [doc.arn])}</div>` : ""}
			</div>
		</div>
	</div>`;
}

function asked(doc) {
	const by = fill(__("{0} {1}"), [person(doc.requested_by), when(doc.requested_at)]);
	if (!doc.decided_by || doc.decided_by === doc.requested_by) return by;
	return html`${by} · ${fill(__("decided by {0}"), [person(doc.decided_by)])}`;
}

function said(attempt) {
	if (!attempt || attempt.status === "Done" || !attempt.explanation) return "";
	return html`<div class="dlr-small">${attempt.explanation}</div>`;
}

function buttons(frm, facts) {
	const { doc } = frm;
	const again = (answer) => {
		if (answer?.status && answer.status !== "Requested") tell([{ ...answer, card: facts.card }]);
		frm.reload_doc();
	};
	frm.page.clear_primary_action();
	if (facts.may_decide) {
		frm.page.set_primary_action(__("Approve"), () => approve(doc, facts, again));
		frm.page.set_secondary_action(__("Reject"), () => reject(doc, again));
	} else if (doc.status === "Requested") {
		frm.page.set_primary_action(__("Approve Now"), () =>
			approve_here({ doctype: doc.doctype, name: doc.name }).then((answer) => answer && again(answer))
		);
		if (facts.is_mine) frm.page.set_secondary_action(__("Withdraw"), () => run("withdraw", doc, again));
	} else if (facts.may_retry) {
		frm.page.set_primary_action(__("Retry"), () => run("retry", doc, again));
	}
	if (doc.payment_entry && ["Sending", "Pending", "Refunded", "Needs Action"].includes(doc.status)) {
		frm.add_custom_button(__("Print Slip"), () => print_slip(doc.payment_entry));
	}
	if (doc.deposit_action) {
		frm.add_custom_button(__("Open Request"), () =>
			frappe.set_route("Form", "Deposit Action", doc.deposit_action)
		);
	}
}

function print_slip(entry) {
	window.open(
		frappe.urllib.get_full_url(
			`/printview?doctype=Payment%20Entry&name=${encodeURIComponent(entry)}&format=${encodeURIComponent(
				"Deposit Refund Slip"
			)}&no_letterhead=0`
		)
	);
}

async function run(step, doc, done) {
	try {
		done(await call(`${API}${step}`, { card_refund: doc.name }));
	} catch (refusal) {
		frappe.msgprint({
			title: refusal.title || __("Not possible"),
			message: refusal.message,
			indicator: "red",
		});
	}
}

function approve(doc, facts, done) {
	return ask({
		title: __("Approve Refund"),
		fields: [{ fieldtype: "Small Text", fieldname: "note", label: __("Note"), max_height: "60px" }],
		label: __("Approve"),
		working: __("Asking the card provider…"),
		sentence: () =>
			html`${fill(__("{0} goes back to {1} now."), [
				html`<b>${money(doc.amount, doc.currency)}</b>`,
				html`<b>${facts.card || __("the card")}</b>`,
			])}
			${fill(__("Asked by {0}: “{1}”"), [person(doc.requested_by), doc.reason])}`,
		submit: ({ note }) => call(`${API}approve`, { card_refund: doc.name, note: note || null }),
		done,
	});
}

function reject(doc, done) {
	return ask({
		title: __("Reject Refund"),
		fields: [reason_field({ fieldname: "note", label: __("Why Not") })],
		label: __("Reject"),
		missing: no_note,
		sentence: () =>
			fill(__("Nothing is paid. {0} is told."), [html`<b>${person(doc.requested_by)}</b>`]),
		submit: ({ note }) => call(`${API}reject`, { card_refund: doc.name, note }),
		done,
	});
}
