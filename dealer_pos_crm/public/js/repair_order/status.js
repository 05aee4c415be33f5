/** One colour for each status, answer and part on every screen. */

import { html } from "../desk/html";
import { exact, quiet, seconds_until, when } from "../desk/words";

export const COLORS = {
	Open: "gray",
	"In Progress": "blue",
	"Waiting Parts": "orange",
	"Waiting Customer": "yellow",
	Ready: "green",
	Invoiced: "purple",
	Closed: "gray",
	Cancelled: "gray",
};

export const ANSWERS = { Pending: "orange", Approved: "green", Declined: "red", Deferred: "gray" };

export const PARTS = {
	"To Order": "red",
	Ordered: "orange",
	Arrived: "green",
	"In Stock": "gray",
};

export const WORKING = ["Open", "In Progress", "Waiting Parts", "Waiting Customer", "Ready"];

export function color_of(status) {
	return COLORS[status] || "gray";
}

export function is_working(doc) {
	return WORKING.includes(doc.status);
}

/** How a promised time stands: tone and words; amber an hour before it is missed. */
export function promise_of(doc, seconds) {
	if (!doc.promised_at) return { tone: "", words: __("Nothing promised") };
	if (!["Open", "In Progress", "Waiting Parts", "Waiting Customer"].includes(doc.status)) {
		return { tone: "", words: "" };
	}
	if (seconds < 0) return { tone: "red", words: __("Late") };
	if (seconds <= 3600) return { tone: "orange", words: __("Due soon") };
	return { tone: "", words: __("In time") };
}

/** Somebody waits for this car at the promised time. */
export function is_waited_for(doc) {
	return ["Open", "In Progress", "Waiting Parts", "Waiting Customer"].includes(doc.status);
}

/** A promised time in a list: amber in its last hour, red when it has passed, and said. */
export function promised(datetime, doc) {
	if (!datetime) return "";
	if (!is_waited_for(doc)) return quiet(datetime);
	const { tone } = promise_of(doc, seconds_until(datetime));
	const late = tone === "red" ? html`${__("late")}, ` : "";
	return html`<span class="${tone && `dlr-${tone}`}" title="${exact(datetime)}"
		>${late}${when(datetime)}</span
	>`;
}
