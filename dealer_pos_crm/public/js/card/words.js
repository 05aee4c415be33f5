/** What a payment at a reader says of itself: a tone, a headline, what to do. */

import { html } from "../desk/html";
import { clock, exact, money } from "../desk/words";

/** Phases in which something happens without the cashier: the dialog keeps looking. */
export const MOVING = new Set(["Starting", "Checking", "On Reader", "Processing"]);

const TONES = {
	Paid: "green",
	Held: "green",
	Declined: "red",
	Refused: "red",
	"Reader Failed": "orange",
	"Reader Offline": "orange",
	"Reader Busy": "orange",
	Cancelled: "gray",
};

export function tone_of(state) {
	if (state.silent && !state.over) return "orange";
	return TONES[state.phase] || "blue";
}

export function card_of(state) {
	return state.last4
		? `${frappe.utils.to_title_case(state.brand || __("Card"))} •••• ${state.last4}`
		: __("Card");
}

const HEADLINES = {
	Starting: () => __("Asking the card service…"),
	Ready: () => __("The payment is on no reader"),
	Checking: () => __("Checking what became of it…"),
	"On Reader": (state) => __("Waiting for the card at {0}", [state.reader_title]),
	Processing: () => __("The bank decides…"),
	Declined: () => __("Card declined"),
	"Reader Failed": (state) => __("{0} did not take the card", [state.reader_title]),
	"Reader Offline": (state) => __("{0} is offline", [state.reader_title]),
	"Reader Busy": (state) => __("{0} is busy", [state.reader_title]),
	Held: (state) => __("{0} is held on the card", [money(state.authorised_amount, state.currency)]),
	Paid: (state) =>
		state.captured_amount === state.amount
			? __("Paid")
			: __("{0} paid", [money(state.captured_amount, state.currency)]),
	Cancelled: () => __("Cancelled"),
	Refused: () => __("The card service did not begin"),
};

export function headline(state) {
	if (state.silent && !state.over) return __("The card service does not answer");
	return (HEADLINES[state.phase] || (() => __(state.phase)))(state);
}

const NOTHING = () => __("Nothing was charged.");

const READER_WORDS = {
	customer_canceled: () => __("The customer stopped it at the reader."),
	stale_send: () => __("It took too long, and the payment was taken off the reader."),
};

const DETAILS = {
	Starting: () => __("The reader lights up in a moment."),
	Ready: () => __("Put it on a reader, or take another way to pay."),
	Checking: () => __("An answer was lost. Do not charge again before it is known; look at the reader."),
	"On Reader": () => __("The customer taps, inserts or swipes the card."),
	Processing: () => __("The card was read. A few seconds more."),
	Declined: (state) => `${state.decline_message || __("The bank said no.")} ${__("Try another card, or another way to pay.")}`,
	"Reader Failed": (state) =>
		`${(READER_WORDS[state.refusal] || (() => state.reader_problem || __("It was taken off the reader.")))()} ${NOTHING()}`,
	"Reader Offline": () =>
		`${__("Check its power and its network, or choose another reader.")} ${__("Look at the reader first: if it shows the payment, press the cross on it.")}`,
	"Reader Busy": () => `${__("It shows another payment. Wait, or choose another reader.")} ${NOTHING()}`,
	Cancelled: () => NOTHING(),
	Refused: (state) => `${state.decline_message || ""} ${NOTHING()}`,
	Held: (state) => hold_until(state),
	Paid: (state) => booked(state),
};

const NOTES = {
	too_late: () => __("Too late to cancel: the card was read already. Wait for the bank's answer."),
	not_cancelled: () =>
		__("It is not cancelled yet: the card service did not confirm it. Take no other payment before it does."),
};

export function detail(state) {
	if (state.silent && !state.over) {
		return state.sends
			? __("Look at the reader before you take another payment: if it says approved, the card was charged. It is asked again by itself.")
			: __("No reader was asked, so nothing was charged. Wait, or cancel and take cash or a check.");
	}
	return (DETAILS[state.phase] || (() => ""))(state);
}

export function note(state) {
	return NOTES[state.note]?.() || "";
}

function hold_until(state) {
	if (!state.capture_before) return __("The provider has not said yet until when.");
	const until = __("The hold ends {0}.", [exact(state.capture_before)]);
	const early = state.needed_until && state.capture_before < state.needed_until;
	return early
		? `${until} ${__("That is before it is needed ({0}): take a deposit instead.", [exact(state.needed_until)])}`
		: until;
}

function booked(state) {
	const card = card_of(state);
	if (state.booking === "Booked") return __("{0}. Booked as {1}.", [card, state.payment_entry || ""]);
	if (state.booking === "On Account") {
		return `${card}. ${state.booking_note || __("The money stands as the customer's credit.")}`;
	}
	return `${card}. ${state.booking_note || __("It is being booked.")}`;
}

/** The panel that one looks at while the customer pays. */
export function panel(state, elapsed) {
	const tone = tone_of(state);
	const said = note(state);
	return html`<div class="dlr-reader-state dlr-reader-${tone}" data-phase="${state.phase}">
		<div class="dlr-reader-amount">${money(state.amount, state.currency)}</div>
		<div class="dlr-reader-headline" role="status" aria-live="polite">
			${MOVING.has(state.phase) ? html`<span class="dlr-reader-pulse" aria-hidden="true"></span>` : ""}
			${headline(state)}
		</div>
		<div class="dlr-reader-detail">${detail(state)}</div>
		${said ? html`<div class="dlr-reader-detail dlr-orange">${said}</div>` : ""}
		<div class="dlr-small text-muted">
			${state.what} · ${state.customer_name || state.customer}
			${elapsed ? html` · ${elapsed}` : ""}
		</div>
	</div>`;
}

export function test_mode(state) {
	return state.test_mode
		? html`<div class="dlr-note dlr-note-orange"><div><b>${__("TEST MODE")}</b> ${__("No real money moves.")}</div></div>`
		: "";
}

export function since(begun) {
	return __("begun {0}", [clock(begun)]);
}

export function reader_label(row) {
	const told = [row.state === "Offline" ? __("offline") : null, row.card_payment ? __("in use") : null];
	const more = told.filter(Boolean).join(", ");
	return more ? `${row.title} (${more})` : row.title;
}
