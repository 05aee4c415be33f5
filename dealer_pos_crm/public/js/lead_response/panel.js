/** The top of a lead's Dealership tab: does somebody wait, who has it, who answered, what to do. */

import { html, meet, person, pill } from "../desk/html";
import { call } from "../desk/server";
import { exact, when } from "../desk/words";
import { give_lead, log_contact } from "./log";
import { clock_of } from "./status";

/** Fills the HTML field dealer_response. Safe to call on every refresh of the form. */
export async function response(frm) {
	const field = frm.fields_dict.dealer_response;
	if (!field) return;
	const name = frm.doc.name;
	if (frm.is_new() || !dealer.is_dealership(frm.doc.company)) return field.$wrapper.empty();
	if (frm.dealer_response_of !== name) {
		frm.dealer_response_of = name; // never another lead's clock, also not for a moment
		field.$wrapper.html('<div class="dlr-overview dlr-skeleton"></div>');
	}
	let told;
	try {
		told = await call("dealer_pos_crm.api.lead_desk.get_response", { lead: name }, { type: "GET" });
	} catch (refusal) {
		return field.$wrapper.html(
			String(
				html`<div class="dlr-note dlr-note-red" role="alert">
					<div><b>${__("The clock of this lead could not be read.")}</b> ${refusal.message}</div>
				</div>`
			)
		);
	}
	if (frm.doc.name !== name) return; // another lead is open by now
	meet(told.people);
	if (!told.is_dealership) return field.$wrapper.empty();
	field.$wrapper.html(String(panel(frm.doc, told)));
	const lead = { name, title: frm.doc.lead_name };
	field.$wrapper.find(".dlr-log-contact").on("click", () => log_contact(lead, () => frm.reload_doc()));
	field.$wrapper.find(".dlr-give-lead").on("click", () => give_lead(lead, () => frm.reload_doc()));
}

function figure(label, fact, ...small) {
	return html`<div class="dlr-figure">
		<div class="dlr-label">${label}</div>
		<div class="dlr-fact">${fact}</div>
		${small.filter(Boolean).map((line) => html`<div class="dlr-small">${line}</div>`)}
	</div>`;
}

function panel(doc, told) {
	return html`<div class="dlr-overview">
		<div class="dlr-answer">
			${waits(told)} ${has_it(doc, told)} ${first(told)}
			${told.may.write && !["Lost", "Converted"].includes(told.state)
				? html`<div class="dlr-buttons">
						<button type="button" class="btn btn-sm ${told.waiting ? "btn-primary" : "btn-default"} dlr-log-contact">
							${__("Log Contact")}
						</button>
						<button type="button" class="btn btn-default btn-sm dlr-give-lead">
							${__("Hand Over")}
						</button>
				  </div>`
				: ""}
		</div>
		${steps(told.steps)}
	</div>`;
}

function waits({ waiting, state, last_contact_at }) {
	if (!waiting) {
		const word = { New: __("New"), Answered: __("Answered"), Converted: __("Customer"), Lost: __("Lost") };
		return figure(
			__("Answer"),
			pill(word[state] || state, { Lost: "gray", Converted: "green" }[state] || "blue"),
			last_contact_at && html`${__("last contact")} ${when(last_contact_at)}`
		);
	}
	const { tone, words, told } = clock_of(waiting);
	return figure(
		waiting.again ? __("Asked again, answer") : __("Answer"),
		html`<span class="${tone && `dlr-${tone}`}">${words}${told ? `, ${told}` : ""}</span>`,
		html`${__("by {0}", [exact(waiting.due_at)])}`,
		html`${__("asked")} ${when(waiting.since)}`
	);
}

function has_it(doc, { owner, rule }) {
	return figure(
		__("Looked after by"),
		owner ? person(owner) : html`<span class="dlr-red">${__("nobody")}</span>`,
		doc.dealer_assigned_at && html`${__("given to them")} ${when(doc.dealer_assigned_at)}`,
		rule && __("by the rule {0}", [rule])
	);
}

function first({ first: found }) {
	if (!found) return figure(__("First answer"), html`<span class="text-muted">${__("none yet")}</span>`);
	return figure(
		__("First answer"),
		found.minutes === 1 ? __("after 1 minute") : __("after {0} minutes", [found.minutes]),
		found.by && person(found.by),
		when(found.at)
	);
}

function steps(rows) {
	if (!rows.length) return "";
	return html`<details class="dlr-response-steps">
		<summary class="dlr-small">${__("What was asked and answered ({0})", [rows.length])}</summary>
		<ul class="dlr-rows dlr-plain">
			${rows.map(
				(row) => html`<li>
					<span class="dlr-row-main">${row.title} ${
						row.reason ? html`<span class="dlr-small">· ${row.reason}</span>` : ""
					}</span>
					<span class="dlr-small">${person(row.actor)} · ${when(row.happened_at)}</span>
				</li>`
			)}
		</ul>
	</details>`;
}
