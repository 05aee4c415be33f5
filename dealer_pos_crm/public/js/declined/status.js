/** Words and colours of declined work. */

import { html, pill } from "../desk/html";

const COLORS = { Open: "orange", Booked: "blue", Recovered: "green", Closed: "gray" };
const SEVERITIES = { Red: "red", Yellow: "yellow", Green: "green" };

export function color_of(doc) {
	return doc.status === "Open" && doc.severity === "Red" ? "red" : COLORS[doc.status] || "gray";
}

/** "Open, red": the colour is said as well. */
export function words_of(doc) {
	if (doc.status === "Open") return __("Open, {0}", [__(doc.severity).toLowerCase()]);
	if (doc.status === "Closed" && doc.closed_reason) return __(doc.closed_reason);
	return __(doc.status);
}

export function severity(value) {
	return value ? pill(__(value), SEVERITIES[value] || "gray") : "";
}

/** Since when the customer has not had it done. */
export function age(days) {
	if (days <= 0) return __("today");
	if (days === 1) return __("1 day ago");
	return __("{0} days ago", [days]);
}

export function is_due(row) {
	return (
		row.kind !== "Deferred" ||
		!row.deferred_until ||
		row.deferred_until <= frappe.datetime.get_today()
	);
}

export function until(row) {
	if (is_due(row)) return "";
	return html`<span class="text-muted"
		>${__("put off to {0}", [frappe.datetime.str_to_user(row.deferred_until)])}</span
	>`;
}
