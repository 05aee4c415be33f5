/** What can be done with an appointment from the board, the next thing first. */

import { is_open } from "./rows";

export const LABELS = () => ({
	open: __("Open"),
	order: __("Open Repair Order"),
	check_in: __("Check In"),
	arrive: __("Arrived"),
	confirm: __("Confirm"),
	reschedule: __("Reschedule"),
	miss: __("No-show"),
	cancel: __("Cancel Appointment"),
});

/** @returns {string[]} names of steps, without `open` */
export function steps_of(row, board) {
	if (row.repair_order) return ["order"];
	const has = (action) => board.may.write && (board.actions[row.status] || []).includes(action);
	const begun = row.starts_at <= board.now;
	return [
		board.may.check_in && board.may.write && (has("Arrive") || row.status === "Arrived") && row.vehicle && "check_in",
		has("Arrive") && "arrive",
		has("Confirm") && !begun && "confirm",
		has("Reschedule") && board.may.create && "reschedule",
		has("No-show") && begun && "miss",
		has("Cancel") && "cancel",
	].filter(Boolean);
}

/** The one button of a card: checking in on the day itself, confirming before it, saving a no-show. */
export function next_of(row, board) {
	const steps = steps_of(row, board);
	if (row.repair_order) return null; // a click on the card is enough
	const today = row.starts_at.slice(0, 10) === board.now.slice(0, 10);
	if (row.status === "No-show") return steps.includes("reschedule") ? "reschedule" : null;
	if (row.status === "Arrived" || (is_open(row) && today)) {
		return steps.find((step) => ["check_in", "arrive"].includes(step)) || null;
	}
	return steps.includes("confirm") ? "confirm" : null;
}
