/** The top of a Deposit form: how much is held, what for, until when, and what waits for whom. */

import { html, fill, link, person } from "../desk/html";
import { deadline, exact, money, when } from "../desk/words";
import { holds_money } from "./status";

export function overview(doc, facts) {
	return html`<div class="dlr-overview">
		<div class="dlr-answer">${amount(doc)} ${purpose(doc, facts)} ${hold(doc, facts)}</div>
		${held_by_other(doc, facts)} ${(facts.requests || []).map((row) => request(row))}
		${(facts.card_refunds || []).map((row) => back_to_card(doc, row))} ${waiting(facts.waiting || [])}
	</div>`;
}

/** Money that is on its way to a card, or that came back while the deposit still holds it. */
function back_to_card(doc, row) {
	const failed = row.status === "Failed";
	if (failed && !holds_money(doc)) return "";
	const words = failed
		? __("{0} did not go back to {1}: {2}. It is held here again: agree another way.")
		: __("{0} is on its way to {1} ({2}).");
	return html`<div class="dlr-note dlr-note-${failed ? "red" : "orange"}">
		<div>
			${fill(words, [
				html`<b>${money(row.amount, row.currency)}</b>`,
				html`<b>${row.card || __("the card")}</b>`,
				failed ? row.failure : __(row.status),
			])}
			${link("Card Refund", row.name)}
		</div>
	</div>`;
}

function amount(doc) {
	const holding = holds_money(doc);
	const shown =
		doc.status === "Draft"
			? doc.amount
			: holding
			? doc.held_amount
			: doc.taken_amount || doc.amount;
	const gone = [
		[doc.applied_amount, __("applied")],
		[doc.refunded_amount, __("refunded")],
		[doc.forfeited_amount, __("forfeited")],
	].filter(([value]) => value && (holding || value !== doc.taken_amount));
	return html`<div class="dlr-figure">
		<div class="dlr-label">${word(doc)}</div>
		<div class="dlr-number ${holding ? "" : "dlr-quiet"}">${money(shown, doc.currency)}</div>
		${
			gone.length
				? html`<div class="dlr-small">
					${fill(__("of {0} taken"), [money(doc.taken_amount, doc.currency)])}${gone.map(
						([value, label]) => html` · ${money(value, doc.currency)} ${label}`
				  )}
			  </div>`
				: doc.taken_on
				? html`<div class="dlr-small">${fill(__("taken {0}"), [when(doc.taken_on)])}</div>`
				: ""
		}
	</div>`;
}

function word(doc) {
	if (doc.status === "Draft") return __("To be taken");
	return holds_money(doc) ? __("Held") : __(doc.status);
}

function purpose(doc, facts) {
	const what = doc.vehicle
		? link("Dealer Vehicle", doc.vehicle, facts.vehicle?.title)
		: html`${doc.held_for}`;
	return html`<div class="dlr-figure">
		<div class="dlr-label">${__("For")}</div>
		<div class="dlr-fact">${what}</div>
		<div class="dlr-small">${link("Customer", doc.customer, doc.customer_name)}</div>
		${doc.deal ? html`<div class="dlr-small">${link("Deal Jacket", doc.deal)}</div>` : ""}
		<div class="dlr-small">${terms(doc)}</div>
	</div>`;
}

function terms(doc) {
	if (doc.refundable === "Yes") return __("Refundable");
	if (doc.refundable === "No") return __("Not refundable");
	const until = frappe.datetime.str_to_user(doc.refundable_until);
	const over = doc.refundable_until < frappe.datetime.get_today();
	return over ? __("Was refundable until {0}", [until]) : __("Refundable until {0}", [until]);
}

function hold(doc, facts) {
	if (!doc.vehicle || !doc.hold_until || !(holds_money(doc) || doc.status === "Draft"))
		return "";
	const ours = facts.vehicle?.hold?.ours;
	if (doc.status !== "Draft" && !ours && doc.status !== "Expired") {
		return html`<div class="dlr-figure">
			<div class="dlr-label">${__("Hold")}</div>
			<div class="dlr-fact dlr-red">${__("This deposit holds no vehicle")}</div>
		</div>`;
	}
	const { tone, late } = deadline(doc.hold_until);
	const verb = late ? __("Hold ended") : __("Held until");
	return html`<div class="dlr-figure">
		<div class="dlr-label">${verb}</div>
		<div class="dlr-fact ${tone && `dlr-${tone}`}">${when(doc.hold_until)}</div>
		<div class="dlr-small">${exact(doc.hold_until)}</div>
		${late && ours ? html`<div class="dlr-small">${__("The vehicle is still kept")}</div>` : ""}
		${
			late && !ours && facts.vehicle
				? html`<div class="dlr-small">${__("The vehicle is free for others")}</div>`
				: ""
		}
	</div>`;
}

/** A vehicle that somebody else holds, told before the money is on the counter. */
export function held_by_other(doc, facts) {
	const standing = facts.vehicle?.hold;
	if (!standing || standing.ours || doc.status !== "Draft" || !doc.hold_until) return "";
	return html`<div class="dlr-note dlr-note-orange">
		<div>
			${fill(__("{0} is held for {1} until {2}."), [
				html`<b>${facts.vehicle.title}</b>`,
				html`<b>${standing.customer_name}</b>`,
				exact(standing.hold_until),
			])}
			${__("Choose another vehicle, or let the customer wait for it.")}
		</div>
		<div class="dlr-buttons">
			<button class="btn btn-default btn-sm" data-dlr="wait">${__("Add to Waiting List")}</button>
		</div>
	</div>`;
}

function asked(action) {
	if (action === "Refund") return __("{0} asks to refund {1}");
	if (action === "Forfeit") return __("{0} asks to keep {1} as forfeited");
	if (action === "Cancel") return __("{0} asks to cancel the payment of {1}");
	return __("{0} asks to decide about {1}");
}

export function request(row, { buttons = true } = {}) {
	const text = fill(asked(row.action), [
		html`<b>${person(row.requested_by)}</b>`,
		html`<b>${money(row.amount, row.currency)}</b>`,
	]);
	return html`<div class="dlr-note dlr-note-orange" data-request="${row.name}">
		<div>
			<div>${text} · ${when(row.requested_at)}</div>
			<div class="dlr-small">“${row.reason}”${
		row.approval_reason ? html` · ${row.approval_reason}` : ""
	}</div>
		</div>
		${buttons ? request_buttons(row) : ""}
	</div>`;
}

export function request_buttons(row) {
	return html`<div class="dlr-buttons">
		${
			row.may_decide
				? html`<button class="btn btn-default btn-sm" data-dlr="reject">${__(
						"Reject"
				  )}</button>
					<button class="btn btn-primary btn-sm" data-dlr="approve">${__("Approve")}</button>`
				: ""
		}
		${
			row.is_mine
				? html`<button class="btn btn-default btn-sm" data-dlr="withdraw">${__(
						"Withdraw"
				  )}</button>`
				: ""
		}
		${
			row.may_decide
				? ""
				: html`<button class="btn btn-default btn-sm" data-dlr="approve-here">${__(
						"Approve Now"
				  )}</button>
				  <span class="dlr-small">${__("Waits for a manager")}</span>`
		}
	</div>`;
}

function waiting(rows) {
	if (!rows.length) return "";
	const names = rows.map(
		(row, at) =>
			html`${at ? ", " : ""}${link(
				"Dealer Vehicle Waitlist",
				row.name,
				row.customer_name
			)} (${when(row.added_on)})`
	);
	return html`<div class="dlr-note">
		<div>
			<b>${
				rows.length === 1
					? __("1 customer waits for this vehicle")
					: __("{0} customers wait for this vehicle", [rows.length])
			}</b>:
			${names}
		</div>
	</div>`;
}
