/** One colour for each status of a dispute, and the words of its deadline. */

import { fill, html } from "../desk/html";
import { exact, relative, seconds_until } from "../desk/words";

const COLORS = {
	Open: "red",
	"Evidence Staged": "orange",
	"Evidence Sent": "blue",
	Won: "green",
	Lost: "gray",
	Closed: "gray",
};
export const OPEN = ["Open", "Evidence Staged"];
const DAY = 24 * 60 * 60;

export const color_of = (status) => COLORS[status] || "gray";

/** As the server says it: red for two days and less, amber for a week. */
export function tone(datetime) {
	const left = seconds_until(datetime);
	if (left <= 2 * DAY) return "red";
	return left <= 7 * DAY ? "orange" : "";
}

/** "due in 5 days", "was due 2 hours ago": coloured, and said in words. */
export function due(datetime) {
	if (!datetime) return html`<span class="text-muted">${__("no answer")}</span>`;
	const late = seconds_until(datetime) <= 0;
	const color = tone(datetime);
	return html`<span class="${color && `dlr-${color}`}" title="${exact(datetime)}">${fill(
		late ? __("was due {0}") : __("due {0}"),
		[relative(datetime)]
	)}</span>`;
}
