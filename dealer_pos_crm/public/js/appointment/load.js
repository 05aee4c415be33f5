/** How full a team is, as blocks: hours booked of hours there are, said in words where it is too much. */

import { html } from "../desk/html";

export function hours(value) {
	return format_number(value, null, value % 1 ? 1 : 0);
}

/** What a team's day comes to, in words, and its tone. */
export function verdict(load) {
	if (load.closed) return { tone: "quiet", words: load.booked ? __("closed, but booked") : __("closed") };
	if (!load.capacity) return { tone: "", words: __("{0} h booked", [hours(load.booked)]) };
	if (load.overbooked) return { tone: "red", words: __("{0} h too much", [hours(-load.free)]) };
	if (load.free === 0) return { tone: "orange", words: __("full") };
	const tone = load.booked / load.capacity >= 0.8 ? "orange" : "green";
	return { tone, words: __("{0} h free", [hours(load.free)]) };
}

export function share(load) {
	if (!load.capacity) return load.booked ? 100 : 0;
	return Math.min(100, Math.round((load.booked / load.capacity) * 100));
}

/** @param {boolean} [short] only what it comes to; the hours are on hover */
export function blocks(load, short) {
	const { tone, words } = verdict(load);
	const of = load.capacity ? __("{0} of {1} h", [hours(load.booked), hours(load.capacity)]) : "";
	const quiet = short && !load.capacity && !load.booked; // nobody counts, and nothing is booked
	return html`<span class="dlr-load dlr-load-${tone || "quiet"}" title="${of || words}">
		<span class="dlr-load-bar" aria-hidden="true"><i style="width: ${share(load)}%"></i></span>
		<span class="dlr-load-words"
			>${short || load.closed ? "" : of}
			<b class="${tone === "red" ? "dlr-red" : ""}">${quiet && !load.closed ? "–" : words}</b></span
		>
	</span>`;
}

/**
 * Seven days with the chosen one among them, a row for each team.
 * @param {object} week of the server
 * @param {string} day that is chosen
 * @param {string} team that is chosen
 */
export function week_table(week, day, team) {
	if (!week) return "";
	if (!week.teams.length) {
		return html`<p class="dlr-small">
			${__("No team is set up: the load is not counted. A service manager adds teams with their hours a day.")}
		</p>`;
	}
	return html`<div class="dlr-scroll">
		<table class="dlr-week">
			<thead>
				<tr>
					<th>${__("Team")}</th>
					${week.days.map(
						(each) => html`<th class="${each === day ? "dlr-chosen" : ""}">
							<button
								type="button"
								class="btn-link"
								data-dlr="day"
								data-day="${each}"
								aria-pressed="${each === day}"
							>
								${moment(each).format("ddd D")}
							</button>
						</th>`
					)}
				</tr>
			</thead>
			<tbody>
				${week.teams.map(
					(row) => html`<tr class="${row.team === (team || null) ? "dlr-chosen" : ""}">
						<th scope="row">${row.team || __("No team")}</th>
						${row.days.map(
							(load) => html`<td class="${load.day === day ? "dlr-chosen" : ""}">
								${blocks(load, true)}
							</td>`
						)}
					</tr>`
				)}
			</tbody>
		</table>
	</div>`;
}
