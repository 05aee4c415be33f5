/** One colour for each status of a cash report, and the words of its last day. */

import { fill, html } from "../../desk/html";

const COLORS = {
	Watching: "blue",
	"To File": "orange",
	Filed: "green",
	"Not Required": "gray",
};
export const OPEN = ["Watching", "To File"];

export const color_of = (status) => COLORS[status] || "gray";

export const days_left = (due_on) =>
	frappe.datetime.get_day_diff(due_on, frappe.datetime.get_today());

export function tone(due_on) {
	const left = days_left(due_on);
	if (left < 2) return "red";
	return left <= 5 ? "orange" : "";
}

/** "in 5 days", "today", "3 days late": coloured, and said in words. */
export function due(due_on) {
	if (!due_on) return "";
	const left = days_left(due_on);
	const words =
		left < 0
			? left === -1
				? __("1 day late")
				: __("{0} days late", [-left])
			: left === 0
			? __("today")
			: left === 1
			? __("tomorrow")
			: __("in {0} days", [left]);
	const color = tone(due_on);
	return html`<span class="${color && `dlr-${color}`}" title="${frappe.datetime.str_to_user(due_on)}"
		>${words}</span
	>`;
}

export function due_with_day(due_on) {
	return fill("{0} · {1}", [due(due_on), frappe.datetime.str_to_user(due_on)]);
}
