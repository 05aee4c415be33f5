/** Words and colour of a follow-up: [text, colour]. Late is said, not only coloured. */

import { html } from "../desk/html";
import { deadline, seconds_until, when } from "../desk/words";

const COLORS = {
	Planned: "gray",
	Open: "blue",
	Done: "green",
	Stopped: "gray",
	Suppressed: "yellow",
};

export function is_late(row) {
	return row.status === "Open" && Boolean(row.due_at) && seconds_until(row.due_at) < 0;
}

export function follow_up_color(row) {
	if (is_late(row)) return [__("Overdue"), "red"];
	return [__(row.status), COLORS[row.status] || "gray"];
}

/** When it is due: coloured while it is open, and said when it is late. */
export function due(row) {
	if (!row.due_at) return "";
	if (row.status !== "Open") return html`<span class="text-muted">${when(row.due_at)}</span>`;
	const { tone } = deadline(row.due_at, 4);
	return html`<span class="${tone && `dlr-${tone}`}">${when(row.due_at)}</span>`;
}
