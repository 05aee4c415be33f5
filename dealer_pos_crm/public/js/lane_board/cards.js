/** What a card says and can do, from the row that the server gave. */

const HOUR = 60 * 60;
const WAITING = ["Ready", "Invoiced"]; // the car waits for its owner: the promise was kept

export const BOOKED = "Booked";
export const COLUMNS = [
	BOOKED,
	"Open",
	"In Progress",
	"Waiting Parts",
	"Waiting Customer",
	"Ready",
	"Invoiced",
];

export function doctype_of(card) {
	return card.status in { Booked: 1, Confirmed: 1 } ? "Service Appointment" : "Repair Order";
}

export function is_booked(card) {
	return doctype_of(card) === "Service Appointment";
}

export function column_of(card) {
	return is_booked(card) ? BOOKED : card.status;
}

/** By what was promised first; without a promise last. */
export function by_promise(one, other) {
	const [a, b] = [one, other].map((card) => card.promised_at || card.starts_at || "9999");
	return a < b ? -1 : a > b ? 1 : one.name < other.name ? -1 : 1;
}

/** "25 min", "3 h", "2 d": short enough for a card. */
export function span(seconds) {
	const minutes = Math.max(1, Math.round(Math.abs(seconds) / 60));
	if (minutes < 60) return __("{0} min", [minutes]);
	const hours = Math.floor(minutes / 60);
	if (hours < 6 && minutes % 60) return __("{0} h {1} min", [hours, minutes % 60]);
	if (hours < 24) return __("{0} h", [Math.round(minutes / 60)]);
	return __("{0} d", [Math.round(minutes / (24 * 60))]);
}

/** The time on the wall, with its day when that is not today. */
export function wall_time(datetime) {
	const at = frappe.datetime.convert_to_user_tz(datetime, false);
	const day = at.format("YYYY-MM-DD") === frappe.datetime.get_today() ? "" : `${at.format("ddd")} `;
	return day + dealer.clock(datetime);
}

/** How a promise stands: `tone` for the eye, words for everybody. */
export function promise(card) {
	const at = card.promised_at || card.starts_at;
	if (!at) return { at: null, tone: "", late: false, soon: false, words: __("nothing promised") };
	const seconds = dealer.seconds_until(at);
	const kept = WAITING.includes(card.status);
	const late = !kept && seconds < 0;
	const soon = !kept && !late && !is_booked(card) && seconds <= HOUR;
	let words = "";
	if (late) words = __("{0} late", [span(seconds)]);
	else if (!kept && seconds < 24 * HOUR) words = __("in {0}", [span(seconds)]);
	return { at, tone: late ? "red" : soon ? "orange" : "", late, soon, words };
}

export function minutes_here(card) {
	if (!card.status_since) return "";
	const seconds = Math.max(0, -dealer.seconds_until(card.status_since));
	if (seconds < HOUR) return __("{0}m", [Math.floor(seconds / 60)]);
	if (seconds < 48 * HOUR) return __("{0}h", [Math.floor(seconds / HOUR)]);
	return __("{0}d", [Math.floor(seconds / (24 * HOUR))]);
}

/** What its parts come to, in one short line; null when nothing is waited for. */
export function parts(card) {
	const found = card.parts;
	if (!found) return null;
	if (found.state === "To Order") return { tone: "red", words: __("parts to order") };
	if (found.state === "Ordered") {
		if (!found.eta) return { tone: "orange", words: __("parts ordered, no date") };
		const late = found.eta < frappe.datetime.get_today();
		const far = Math.abs(moment(found.eta).diff(moment(), "days")) > 6;
		const day = moment(found.eta).format(far ? "D MMM" : "ddd D");
		return late
			? { tone: "red", words: __("parts were due {0}", [day]) }
			: { tone: "", words: __("parts due {0}", [day]) };
	}
	if (found.state === "Arrived") return { tone: "green", words: __("parts arrived") };
	return null;
}

export const QUICK = {
	late: { label: __("late"), is: (card) => !is_booked(card) && promise(card).late, tone: "red" },
	soon: { label: __("due within the hour"), is: (card) => !is_booked(card) && promise(card).soon, tone: "orange" },
	answer: { label: __("wait for an answer"), is: (card) => card.pending_jobs > 0, tone: "orange" },
	parts: {
		label: __("wait for parts"),
		is: (card) => card.parts?.missing > 0 && !WAITING.includes(card.status),
		tone: "",
	},
	collect: { label: __("to collect"), is: (card) => card.status === "Invoiced" && card.outstanding > 0, tone: "" },
};

export function matches(card, filters) {
	if (filters.advisor && card.advisor !== filters.advisor) return false;
	if (filters.team && !(card.teams || [card.team]).includes(filters.team)) return false;
	if (filters.only && !QUICK[filters.only]?.is(card)) return false;
	if (!filters.q) return true;
	const text = [
		card.name,
		card.customer_name,
		card.vehicle_title,
		card.vin,
		card.plate,
		card.tag && `#${card.tag}`,
		card.contact_phone?.replace(/\D/g, ""),
		card.contact_phone,
		card.concern,
	]
		.join(" ")
		.toLowerCase();
	return filters.q
		.toLowerCase()
		.split(/\s+/)
		.every((word) => text.includes(word));
}
