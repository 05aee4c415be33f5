/** What a card of the deal board says, from the row that the server gave. */

const HOUR = 60 * 60;
const DAY = 24 * HOUR;

/** Reached by an action of its own, never by dragging. */
export const OWN_STEP = ["Delivered", "Funded", "Lost"];

/** "5h", "3d": how long a deal has been in its stage. */
export function since(card) {
	if (!card.stage_since) return "";
	const seconds = Math.max(0, -dealer.seconds_until(card.stage_since));
	if (seconds < HOUR) return __("{0}m", [Math.floor(seconds / 60)]);
	if (seconds < 48 * HOUR) return __("{0}h", [Math.floor(seconds / HOUR)]);
	return __("{0}d", [Math.floor(seconds / DAY)]);
}

export function is_stuck(card, days) {
	if (!card.stage_since || card.stage === "Delivered") return false;
	return -dealer.seconds_until(card.stage_since) > (days || 5) * DAY;
}

/** The year is told least apart: '19 Toyota Camry. */
export function car_of(card) {
	const title = card.vehicle_title || card.wanted || "";
	return title.split(" …")[0].replace(/^(?:19|20)(\d\d) /, "’$1 ") || __("no vehicle yet");
}

/** What a deal waits for where no gate asks for anything. */
export const WAITS = {
	Contacted: __("to be contacted"),
	Appointment: __("appointment to make"),
	Visit: __("expected to come in"),
	Delivered: __("to deliver"),
	Funded: __("to be funded"),
};
