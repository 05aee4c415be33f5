/** The Follow Up form: why it exists, what is known, what to say, and how it can end. */

import { ask } from "../desk/ask";
import { html, fill, icon, link, meet, person, trusted } from "../desk/html";
import { call } from "../desk/server";
import { deadline, exact, money, relative, when } from "../desk/words";

const FIRST = ["Reached", "Left Message", "Booked"];

export async function refresh(frm) {
	frm.disable_save();
	if (frm.is_new()) return;
	const name = frm.doc.name;
	const wrapper = frm.fields_dict.overview.$wrapper;
	if (wrapper.data("follow_up") !== name) {
		wrapper
			.html(`<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>`)
			.data("follow_up", name);
	}
	let facts;
	try {
		facts = await call(
			"dealer_pos_crm.api.follow_up.get_facts",
			{ follow_up: name },
			{ type: "GET" }
		);
	} catch (refusal) {
		wrapper.html(
			String(
				html`<div class="dlr-note dlr-note-red"><div>${trusted(
					refusal.message
				)}</div></div>`
			)
		);
		return;
	}
	if (frm.doc.name !== name) return;
	meet(facts.people);
	wrapper.html(String(overview(frm.doc, facts)));
	buttons(frm, facts);
}

function overview(doc, facts) {
	return html`<div class="dlr-overview">
		<h5 class="dlr-title">${doc.title}</h5>
		<div class="dlr-answer">${time(doc)} ${whom(facts)} ${owner(doc)}</div>
		${ended(doc, facts)}
		<div class="dlr-columns">
			<div>${say(doc)} ${why(doc, facts)}</div>
			<div>${known(facts)}</div>
		</div>
	</div>`;
}

function time(doc) {
	if (doc.status === "Open") {
		const { tone, late } = deadline(doc.due_at, 4);
		return html`<div class="dlr-figure">
			<div class="dlr-label">${late ? __("Overdue, was due") : __("Due")}</div>
			<div class="dlr-fact ${tone && `dlr-${tone}`}">${
			late ? relative(doc.due_at) : when(doc.due_at)
		}</div>
			<div class="dlr-small">${exact(doc.due_at)}</div>
		</div>`;
	}
	const at = doc.status === "Planned" ? doc.opens_at : doc.ended_at;
	return html`<div class="dlr-figure">
		<div class="dlr-label">${doc.status === "Planned" ? __("Opens") : __(doc.status)}</div>
		<div class="dlr-fact">${at ? when(at) : __(doc.status)}</div>
		${at ? html`<div class="dlr-small">${exact(at)}</div>` : ""}
	</div>`;
}

const WHOM = {
	Customer: () => __("Customer"),
	Lead: () => __("Lead"),
	"Dealer Vehicle": () => __("Vehicle"),
};

/** The customer, else the lead, else the stock car that the promise is about. */
function whom({ whom }) {
	if (!whom) return "";
	return html`<div class="dlr-figure">
		<div class="dlr-label">${WHOM[whom.kind]()}</div>
		<div class="dlr-fact">${link(whom.kind, whom.name, whom.title)}</div>
		${whom.kind === "Dealer Vehicle" ? "" : reach(whom)}
	</div>`;
}

function reach({ mobile_no, email_id }) {
	const phone = (mobile_no || "").replace(/[^+\d]/g, "");
	return html`<div class="dlr-small dlr-reach">
		${mobile_no ? html`<a href="tel:${phone}">${icon("call", "xs")} ${mobile_no}</a>` : ""}
		${email_id ? html`<a href="mailto:${email_id}">${icon("mail", "xs")} ${email_id}</a>` : ""}
		${!mobile_no && !email_id ? __("No phone, no e-mail on file") : ""}
	</div>`;
}

function owner(doc) {
	return html`<div class="dlr-figure">
		<div class="dlr-label">${__("Owner")}</div>
		<div class="dlr-fact ${doc.owner_user || doc.status !== "Open" ? "" : "dlr-orange"}">
			${person(doc.owner_user) || __("Nobody yet")}
		</div>
		<div class="dlr-small">${[
			doc.department && __(doc.department),
			__("{0} priority", [__(doc.priority)]),
		]
			.filter(Boolean)
			.join(" · ")}</div>
	</div>`;
}

function ended(doc, facts) {
	if (doc.status === "Done") {
		return html`<div class="dlr-note dlr-note-green">
			<div>
				${fill(__("{0}, said {1} {2}"), [
					html`<b>${__(doc.outcome)}</b>`,
					person(doc.done_by),
					when(doc.ended_at),
				])}
				${doc.outcome_note ? html`<div>“${doc.outcome_note}”</div>` : ""}
			</div>
		</div>`;
	}
	if (doc.status === "Stopped") {
		const by = facts.stopped_by;
		return html`<div class="dlr-note">
			<div>
				<b>${__("Not needed any more.")}</b>
				${
					by
						? html`${by.title} · ${link(
								by.reference_doctype,
								by.reference_name
						  )} · ${when(by.happened_at)}`
						: doc.reason
				}
			</div>
		</div>`;
	}
	if (doc.status === "Suppressed") {
		return html`<div class="dlr-note dlr-note-orange">
			<div><b>${__("Was not opened.")}</b> ${doc.reason ? __(doc.reason) : ""}</div>
		</div>`;
	}
	return doc.reason
		? html`<div class="dlr-note dlr-note-orange"><div>${__(doc.reason)}</div></div>`
		: "";
}

function say(doc) {
	if (!doc.talking_points) return "";
	return html`<h6 class="dlr-heading">${__("What to say")}</h6>
		<p class="dlr-say">${doc.talking_points}</p>`;
}

function why(doc, facts) {
	const cause = facts.cause;
	return html`<h6 class="dlr-heading">${__("Why")}</h6>
		<p>
			${
				cause
					? html`${cause.title} · ${link(
							cause.reference_doctype,
							cause.reference_name
					  )}<br />
						<span class="dlr-small">${when(cause.happened_at)}${
							cause.actor ? html` · ${person(cause.actor)}` : ""
					  }</span>`
					: doc.cause
			}
			${
				doc.rule
					? html`<br /><span class="dlr-small">${__("Rule:")} ${link(
							"Follow Up Rule",
							doc.rule
					  )}</span>`
					: ""
			}
		</p>`;
}

function request(row) {
	const said = [__(row.status), money(row.amount, row.currency)];
	if (row.paid_amount) said.push(__("{0} paid", [money(row.paid_amount, row.currency)]));
	return html`${link("Pay Request", row.name, row.what || row.name)} · ${said.join(" · ")}${testing(row)}${
		row.failure ? html`<br /><span class="dlr-small">${row.failure}</span>` : ""
	}`;
}

function card(row) {
	const said = [__(row.status), money(row.amount, row.currency)];
	if (row.status === "Authorised" && row.capture_before)
		said.push(__("held until {0}", [exact(row.capture_before)]));
	return html`${link("Card Payment", row.name)} · ${said.join(" · ")}${testing(row)}${
		row.booking_note ? html`<br /><span class="dlr-small">${row.booking_note}</span>` : ""
	}`;
}

function testing(row) {
	return row.test_mode ? html` · <b>${__("TEST MODE")}</b>` : "";
}

function known(facts) {
	const rows = [];
	if (facts.lead) rows.push([__("Lead"), link("Lead", facts.lead.name, facts.lead.title)]);
	if (facts.deal) rows.push([__("Deal"), link("Deal Jacket", facts.deal.name, facts.deal.title)]);
	if (facts.vehicle && facts.whom?.kind !== "Dealer Vehicle") {
		rows.push([
			__("Vehicle"),
			link("Dealer Vehicle", facts.vehicle.name, facts.vehicle.title),
		]);
	}
	if (facts.pay_request) rows.push([__("Pay request"), request(facts.pay_request)]);
	if (facts.card_payment) rows.push([__("Card payment"), card(facts.card_payment)]);
	if (facts.deposit) {
		const { deposit } = facts;
		rows.push([
			__("Deposit"),
			html`${link("Deposit", deposit.name)} · ${__(deposit.status)} ·
			${money(deposit.held_amount, deposit.currency)} ${__("held")}`,
		]);
		if (deposit.hold_until)
			rows.push([
				__("Hold"),
				html`${when(deposit.hold_until)} (${exact(deposit.hold_until)})`,
			]);
	}
	const others = facts.held.filter((row) => row.name !== facts.deposit?.name);
	if (others.length) {
		rows.push([
			__("Also held"),
			others.map(
				(row, at) =>
					html`${at ? ", " : ""}${link(
						"Deposit",
						row.name,
						money(row.held_amount, row.currency)
					)}`
			),
		]);
	}
	return html`${
		rows.length
			? html`<h6 class="dlr-heading">${__("Facts")}</h6>
					<dl class="dlr-facts">
						${rows.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}
					</dl>`
			: ""
	}
		${
			facts.events.length
				? html`<h6 class="dlr-heading">${__("Lately")}</h6>
					<ul class="dlr-lately">
						${facts.events.map(
							(row) => html`<li>
								<span>${row.title}</span> <span class="dlr-small">${when(row.happened_at)}</span>
							</li>`
						)}
					</ul>`
				: ""
		}`;
}

function buttons(frm, facts) {
	frm.page.clear_primary_action();
	if (frm.doc.status !== "Open" || !facts.may_write) return;
	const first = facts.outcomes.filter((row) => FIRST.includes(row.value));
	const rest = facts.outcomes.filter((row) => !FIRST.includes(row.value));
	frm.page.set_primary_action(__("Reached"), () => finish(frm, facts, "Reached"));
	for (const row of first.filter((found) => found.value !== "Reached")) {
		frm.add_custom_button(row.label, () => finish(frm, facts, row.value));
	}
	for (const row of rest) {
		frm.add_custom_button(row.label, () => finish(frm, facts, row.value), __("Other Outcome"));
	}
	frm.page.add_menu_item(__("Give to Somebody Else"), () => reassign(frm));
}

function finish(frm, facts, outcome) {
	const label = facts.outcomes.find((row) => row.value === outcome).label;
	const must_say = outcome === "Other";
	return ask({
		title: label,
		fields: [
			{
				fieldtype: "Small Text",
				fieldname: "note",
				label: must_say ? __("What came of it") : __("Note"),
				reqd: must_say ? 1 : 0,
				max_height: "90px",
			},
		],
		label: __("Done"),
		missing: ({ note }) =>
			must_say && !(note || "").trim() ? __("Say in a few words what came of it.") : null,
		sentence: () => fill(__("“{0}” is done: {1}."), [html`<b>${frm.doc.title}</b>`, label]),
		submit: ({ note }) =>
			call("dealer_pos_crm.api.follow_up.finish", {
				follow_up: frm.doc.name,
				outcome,
				note,
			}),
		done: () => {
			frappe.show_alert({ message: __("Follow-up done"), indicator: "green" });
			frm.reload_doc();
		},
	});
}

function reassign(frm) {
	return ask({
		title: __("Give to Somebody Else"),
		fields: [
			{
				fieldtype: "Link",
				fieldname: "user",
				label: __("New Owner"),
				options: "User",
				reqd: 1,
				only_select: 1,
				get_query: () => ({
					filters: {
						enabled: 1,
						user_type: "System User",
						name: ["not in", ["Guest", frm.doc.owner_user || ""]],
					},
				}),
			},
		],
		label: __("Give"),
		missing: ({ user }) => (user ? null : __("Choose who takes it over.")),
		sentence: ({ user }) =>
			user
				? __("It leaves the ToDo list of {0} and comes into that of {1}.", [
						person(frm.doc.owner_user) || __("nobody"),
						user,
				  ])
				: "",
		submit: ({ user }) =>
			call("dealer_pos_crm.api.follow_up.reassign", { follow_up: frm.doc.name, user }),
		done: () => frm.reload_doc(),
	});
}
