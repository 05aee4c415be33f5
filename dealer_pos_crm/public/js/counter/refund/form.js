/** The Counter Refund form: what it is, what that means, and what a person may do. */

import { ask } from "../../desk/ask";
import { approve as approve_here } from "../../desk/asked";
import { fill, html, link, meet, ours, person, pill, trusted } from "../../desk/html";
import { no_note, reason_field } from "../../desk/reason";
import { call } from "../../desk/server";
import { money, when } from "../../desk/words";
import { print } from "../receipts/print";

const API = "dealer_pos_crm.api.counter_refund.";
const COLORS = { Requested: "orange", Done: "green", Rejected: "red", Withdrawn: "gray", Cancelled: "gray" };
// Said at the top already.
const SAID = ["amount", "status", "reason", "approval_reason", "currency", "customer_name"];

export const color_of = (status) => COLORS[status] || "gray";

export async function refresh(frm) {
	ours(frm);
	frm.disable_save();
	if (frm.is_new()) return;
	for (const field of SAID) frm.toggle_display(field, false);
	const name = frm.doc.name;
	const area = frm.fields_dict.overview.$wrapper;
	let facts;
	try {
		facts = await call(`${API}get_overview`, { refund: name }, { type: "GET" });
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
	return html`<div class="dlr-overview">
		<div class="dlr-answer">
			<div class="dlr-figure">
				<div class="dlr-label">${__("Refund")}</div>
				<div class="dlr-number">${money(doc.amount, doc.currency)}</div>
				<div class="dlr-small">${pill(__(doc.status), color_of(doc.status))}</div>
			</div>
			<div class="dlr-figure">
				<div class="dlr-label">${__("Goes To")}</div>
				<div class="dlr-fact">${link("Customer", doc.customer, doc.customer_name)}</div>
				<div class="dlr-small">${doc.ways || __(doc.mode_of_payment || "")}</div>
				<div class="dlr-small">${link(doc.source_doctype, doc.source_name, facts.what)}</div>
			</div>
			<div class="dlr-figure">
				<div class="dlr-label">${__("Why")}</div>
				<div class="dlr-fact">${doc.reason}</div>
				<div class="dlr-small">${asked(doc)}</div>
			</div>
		</div>
		<div class="dlr-note ${{ gray: "", blue: "" }[facts.meaning.tone] ?? `dlr-note-${facts.meaning.tone}`}">
			<div>${trusted(facts.meaning.text)}
			${doc.approval_reason && doc.status === "Requested" ? html`<div class="dlr-small">${doc.approval_reason}</div>` : ""}</div>
		</div>
	</div>`;
}

function asked(doc) {
	const by = fill(__("{0} {1}"), [person(doc.requested_by), when(doc.requested_at)]);
	if (!doc.decided_by || doc.decided_by === doc.requested_by) return by;
	return html`${by} · ${fill(__("decided by {0}"), [person(doc.decided_by)])}${
		doc.decided_how ? html` (${__(doc.decided_how)})` : ""
	}`;
}

function buttons(frm, facts) {
	const { doc } = frm;
	const again = () => frm.reload_doc();
	frm.page.clear_primary_action();
	if (doc.status === "Done" && doc.payment_entry) {
		frm.add_custom_button(__("Print Slip"), () => print({ doctype: doc.doctype, name: doc.name }));
	}
	if (facts.may_decide) {
		frm.page.set_primary_action(__("Approve"), () => approve(doc, again));
		frm.page.set_secondary_action(__("Reject"), () => reject(doc, again));
		return;
	}
	if (!facts.may_put_before) return;
	frm.page.set_primary_action(__("Approve Now"), () =>
		approve_here({ doctype: doc.doctype, name: doc.name }).then((answer) => answer && again())
	);
	if (facts.is_mine) {
		frm.page.set_secondary_action(__("Withdraw"), () =>
			call(`${API}withdraw`, { refund: doc.name }).then(again, (refusal) =>
				frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" })
			)
		);
	}
}

function approve(doc, done) {
	return ask({
		title: __("Approve Refund"),
		fields: [{ fieldtype: "Small Text", fieldname: "note", label: __("Note"), max_height: "60px" }],
		label: __("Approve"),
		sentence: () =>
			html`${fill(
				doc.kind === "Return"
					? __("{0} may go back to {1} with the return.")
					: __("{0} goes out to {1} now, at the counter of who asked."),
				[html`<b>${money(doc.amount, doc.currency)}</b>`, html`<b>${doc.customer_name || doc.customer}</b>`]
			)}
			${fill(__("Asked by {0}: “{1}”"), [person(doc.requested_by), doc.reason])}`,
		submit: ({ note }) => call(`${API}decide`, { refund: doc.name, approve: 1, note: note || null }),
		done,
	});
}

function reject(doc, done) {
	return ask({
		title: __("Reject Refund"),
		fields: [reason_field({ fieldname: "note", label: __("Why Not") })],
		label: __("Reject"),
		missing: no_note,
		sentence: () => fill(__("Nothing is paid. {0} is told."), [html`<b>${person(doc.requested_by)}</b>`]),
		submit: ({ note }) => call(`${API}decide`, { refund: doc.name, approve: 0, note }),
		done,
	});
}
