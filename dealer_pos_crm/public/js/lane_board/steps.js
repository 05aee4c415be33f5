/** The one thing to do next with a card, and how to begin it. */

import { is_booked } from "./cards";

/** @returns {{name: string, label: string}|null} */
export function step_of(card, may) {
	if (is_booked(card)) {
		return may.open_order ? { name: "check_in", label: __("Check In") } : null;
	}
	if (card.status === "Invoiced") {
		if (card.outstanding > 0) return may.take_money ? { name: "collect", label: __("Collect") } : null;
		return may.hand_over ? { name: "hand_over", label: __("Hand Over") } : null;
	}
	if (card.status === "Ready" && !card.pending_jobs) {
		if (!card.jobs) return may.move ? { name: "close", label: __("Close") } : null; // nothing was agreed to
		return may.invoice ? { name: "invoice", label: __("Invoice") } : null;
	}
	if (!may.move) return null;
	if (card.pending_jobs) return { name: "answer", label: __("Record Answer") };
	if (card.status === "Waiting Parts" && card.parts?.missing) {
		return { name: "parts_arrived", label: __("Parts Arrived") };
	}
	return null;
}
