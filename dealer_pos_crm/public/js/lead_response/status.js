/** How a lead's clock stands, in words and colour. Minutes are business minutes. */

/** "4 min left", "12 min late": short enough for a row. */
export function left(minutes) {
	const size = Math.abs(minutes);
	const span =
		size < 60
			? __("{0} min", [size])
			: size < 10 * 60
			  ? __("{0} h {1} min", [Math.floor(size / 60), size % 60])
			  : __("{0} h", [Math.round(size / 60)]);
	if (minutes >= 0) return size ? __("{0} left", [span]) : __("due now");
	return __("{0} late", [span]);
}

const TONES = { "In Time": "", Late: "orange", Warned: "red", Escalated: "red" };

/** @returns {{tone: string, words: string, told: string}} */
export function clock_of({ minutes_left, urgency }) {
	const soon = urgency === "In Time" && minutes_left <= 2;
	const late = urgency === "In Time" && minutes_left < 0 ? "Late" : urgency; // it ran out on this screen
	return {
		tone: soon && minutes_left >= 0 ? "orange" : TONES[late],
		words: left(minutes_left),
		told: { Warned: __("warned"), Escalated: __("with the manager") }[late] || "",
	};
}

export const HOW_ICONS = { Call: "call", "Left Message": "call", Text: "small-message", "E-mail": "mail" };

/** The pill of a lead in a list. */
export function indicator(doc) {
	if (doc.dealer_state === "Converted") return [__("Customer"), "green", "dealer_state,=,Converted"];
	if (doc.dealer_state === "Lost") return [__("Lost"), "gray", "dealer_state,=,Lost"];
	if (!doc.dealer_waiting_since) {
		return doc.dealer_state === "Answered"
			? [__("Answered"), "blue", "dealer_state,=,Answered"]
			: null;
	}
	const over = (field) => doc[field] && dealer.seconds_until(doc[field]) <= 0;
	if (over("dealer_escalate_at")) return [__("Overdue, with the manager"), "red", "dealer_waiting_since,is,set"];
	if (over("dealer_warn_at")) return [__("Overdue"), "red", "dealer_waiting_since,is,set"];
	if (over("dealer_due_at")) return [__("Late"), "orange", "dealer_waiting_since,is,set"];
	return [__("Waits for an answer"), "yellow", "dealer_waiting_since,is,set"];
}

/** Fields that a list needs for the pill. */
export const INDICATOR_FIELDS = [
	"dealer_state",
	"dealer_waiting_since",
	"dealer_due_at",
	"dealer_warn_at",
	"dealer_escalate_at",
];
