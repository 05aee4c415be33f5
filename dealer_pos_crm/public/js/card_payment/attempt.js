/** The Payment Attempt form: a call to the card provider, what became of it, and what can be done now. */

import { ask } from "../desk/ask";
import { html, intro, link, meet, ours, person, pill, trusted } from "../desk/html";
import { call } from "../desk/server";
import { money, when } from "../desk/words";
import { test_mode } from "./form";
import { call_color } from "./status";

// Said at the top already.
const SAID = ["operation", "status", "amount", "about_doctype", "about_name", "requested_by", "explanation", "error"];
const API = "dealer_pos_crm.api.card_payment.";

export async function refresh(frm) {
	ours(frm);
	intro(frm, "");
	frm.disable_save();
	if (frm.is_new()) {
		intro(frm, __("Calls to the card provider are made by themselves."), "blue");
		return;
	}
	frm.set_read_only();
	for (const field of SAID) frm.toggle_display(field, false);
	const { name } = frm.doc;
	const top = frm.fields_dict.overview.$wrapper;
	if (top.data("attempt") !== name) {
		top.data("attempt", name).html(`<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>`);
	}
	let facts;
	try {
		facts = await call(`${API}get_attempt`, { attempt: name }, { type: "GET" });
	} catch (refusal) {
		top.html(String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`));
		return;
	}
	if (frm.doc.name !== name) return;
	meet(facts.people);
	top.html(String(overview(frm.doc, facts)));
	buttons(frm, facts);
}

function overview(doc, facts) {
	const tone = ["green", "orange", "red"].includes(facts.meaning.tone) ? `dlr-note-${facts.meaning.tone}` : "";
	return html`<div class="dlr-overview">
		${test_mode(doc)}
		<div class="dlr-answer">
			<div class="dlr-figure">
				<div class="dlr-label">${__(doc.operation)}</div>
				<div class="dlr-number dlr-quiet">${doc.amount ? money(doc.amount, doc.currency) : pill(__(doc.status), call_color(doc.status))}</div>
				<div class="dlr-small">${doc.amount ? pill(__(doc.status), call_color(doc.status)) : ""}</div>
			</div>
			<div class="dlr-figure">
				<div class="dlr-label">${__("For")}</div>
				<div class="dlr-fact">${link(doc.about_doctype, doc.about_name)}</div>
				<div class="dlr-small">${facts.account || ""}</div>
				<div class="dlr-small">${person(doc.requested_by)}</div>
			</div>
			<div class="dlr-figure">
				<div class="dlr-label">${__("Tries")}</div>
				<div class="dlr-fact">${doc.tries || 0}</div>
				${doc.last_sent_at ? html`<div class="dlr-small">${__("last")} ${when(doc.last_sent_at)}</div>` : ""}
				${
					["Unknown", "Sending"].includes(doc.status) && doc.next_try_at
						? html`<div class="dlr-small">${__("next")} ${when(doc.next_try_at)}</div>`
						: ""
				}
			</div>
		</div>
		<div class="dlr-note ${tone}"><div>${facts.meaning.text}
			${facts.meaning.error ? html`<div class="dlr-small">${facts.meaning.error}</div>` : ""}</div></div>
	</div>`;
}

function buttons(frm, facts) {
	const attempt = frm.doc.name;
	if (facts.may_retry) {
		frm.page.set_primary_action(__("Retry"), () =>
			ask({
				title: __("Retry {0}", [__(frm.doc.operation)]),
				fields: [],
				label: __("Retry"),
				working: __("Asking the card provider…"),
				sentence: () =>
					facts.may_drop
						? __("The provider is asked first. What it did is taken over; if it surely did nothing, the call is made under a new key.")
						: __("The same call is made under its key, so that it is done once, whatever was done before."),
				submit: () => call(`${API}retry`, { attempt }),
				done: () => frm.reload_doc(),
			})
		);
	}
	if (facts.may_drop) {
		frm.add_custom_button(__("Drop"), () =>
			ask({
				title: __("Drop {0}", [__(frm.doc.operation)]),
				fields: [{ fieldname: "reason", fieldtype: "Small Text", label: __("Why"), reqd: 1 }],
				label: __("Drop"),
				working: __("Asking the card provider…"),
				danger: true,
				sentence: () =>
					__("The card provider is asked once more. If it knows nothing of it, it is undone in our books and never sent."),
				submit: ({ reason }) => call(`${API}drop`, { attempt, reason }),
				done: () => frm.reload_doc(),
			})
		);
	}
}
