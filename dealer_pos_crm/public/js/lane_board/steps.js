/** The one thing to do next with a card, and how to begin it. */

import { is_booked } from "./cards";

/** @returns {{name: string, label: string}|null} */
export function step_of(card, may) {
	if (is_booked(card)) {
		return may.open_order ? { name: "check_in", label: __("Check In") } : null;
	}
	if (card.status === "Invoiced") {
		if (card.outstanding > 0) return { name: "collect", label: __("Collect") };
		return may.move ? { name: "hand_over", label: __("Hand Over") } : null;
	}
	if (!may.move) return null;
	if (card.pending_jobs) return { name: "answer", label: __("Record Answer") };
	if (card.status === "Waiting Parts" && card.parts?.missing) {
		return { name: "parts_arrived", label: __("Parts Arrived") };
	}
	if (card.status === "Ready") return { name: "invoice", label: __("Invoice") };
	return null;
}
