/** What a step's status looks like, and what is said of its time. */

import { html, pill } from "../desk/html";
import { deadline, exact, relative, when } from "../desk/words";

const COLORS = {
	Waiting: "gray",
	"In Progress": "blue",
	"Waiting for Parts": "orange",
	"Waiting for Approval": "yellow",
	Done: "green",
	Skipped: "gray",
};

const RECON_COLORS = { Open: "blue", "Front-line Ready": "green", Cancelled: "gray" };

export function color_of(status) {
	return RECON_COLORS[status] || "gray";
}

export function step_pill(step) {
	return pill(__(step.status), COLORS[step.status] || "gray");
}

export const is_behind = (step) => ["Done", "Skipped"].includes(step.status);

/** "due in 3 hours", "late, due 2 hours ago", "done 2 hours ago". */
export function time_of(step) {
	if (is_behind(step)) {
		return html`<span class="text-muted">${__(step.status)} ${when(step.done_at)}</span>`;
	}
	if (!step.due_at) return "";
	const { late, tone } = deadline(step.due_at, 4);
	return html`<span class="${tone && `dlr-${tone}`}" title="${exact(step.due_at)}"
		>${late ? __("Late, due {0}", [relative(step.due_at)]) : __("Due {0}", [relative(step.due_at)])}</span
	>`;
}

/** In a list: when the step is due, amber in its last hours, red and said when it is late. */
export function due_in(due_at) {
	if (!due_at) return "";
	const { late, tone } = deadline(due_at, 4);
	return html`<span class="${tone && `dlr-${tone}`}" title="${exact(due_at)}"
		>${late ? __("late, {0}", [relative(due_at)]) : relative(due_at)}</span
	>`;
}

/** "2.4 of 5 days", red when it is more than the target. */
export function days_of(recon) {
	const days = format_number(recon.days, null, 1);
	const text = recon.target_days
		? __("{0} of {1} business days", [days, recon.target_days])
		: __("{0} business days", [days]);
	return html`<span class="${recon.late ? "dlr-red" : ""}"
		>${text}${recon.late ? ` · ${__("over the target")}` : ""}</span
	>`;
}
