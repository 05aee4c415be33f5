/** How a sheet looks: the count on top, then the parts of the car with their points. */

import { html, icon, link, pill } from "../desk/html";
import { exact, money } from "../desk/words";

const LIGHTS = [
	["Green", () => __("Good")],
	["Yellow", () => __("Soon")],
	["Red", () => __("Now")],
];
const ANSWERS = { Pending: "blue", Approved: "green", Declined: "orange", Deferred: "yellow" };

export function sheet(shown, may_write) {
	const open = shown.status === "In Work" && may_write;
	return html`<div class="dlr-sheet ${open ? "" : "dlr-sheet-done"}">
		${head(shown, open)}
		<div class="dlr-sheet-parts">${sections(shown).map((part) => section(part, shown, open, may_write))}</div>
	</div>`;
}

function sections(shown) {
	const found = new Map();
	for (const point of shown.points) {
		if (!found.has(point.section)) found.set(point.section, []);
		found.get(point.section).push(point);
	}
	return [...found.entries()];
}

function head(shown, open) {
	const { red, yellow, green, left } = shown.counts;
	return html`<div class="dlr-sheet-head">
		<div>
			<div class="dlr-fact">${shown.vehicle_title}</div>
			<div class="dlr-small">
				${link("Repair Order", shown.repair_order)} ${shown.customer_name ? html` · ${shown.customer_name}` : ""}
				${shown.tag ? html` · ${__("tag {0}", [shown.tag])}` : ""}
				${shown.inspected_at ? html` · ${__("finished {0}", [exact(shown.inspected_at)])}` : ""}
			</div>
		</div>
		<div class="dlr-counts" aria-live="polite">
			${count(red, "red", __("now"))} ${count(yellow, "yellow", __("soon"))}
			${count(green, "green", __("good"))} ${left ? count(left, "gray", __("left")) : ""}
		</div>
		${open && left
			? html`<button class="btn btn-default" data-dlr="others">${__("All others green")}</button>`
			: ""}
	</div>`;
}

function count(number, color, word) {
	return html`<span class="dlr-count dlr-count-${color}"><b>${number}</b> ${word}</span>`;
}

function section([name, points], shown, open, may_write) {
	const left = points.some((point) => !point.result);
	return html`<section class="dlr-part" aria-label="${name}">
		<div class="dlr-part-head">
			<span>${name || __("Points")}</span>
			${open && left
				? html`<button class="btn btn-xs btn-default" data-dlr="others" data-section="${name}">
						${__("Others green")}
				  </button>`
				: ""}
		</div>
		${points.map((point) => row(point, shown, open, may_write))}
	</section>`;
}

function row(point, shown, open, may_write) {
	return html`<div class="dlr-point" data-row="${point.row}" tabindex="0" aria-label="${point.point}">
		<div class="dlr-point-text">
			<div>${point.point}</div>
			${offer(point, shown, may_write)}
			${point.note ? html`<div class="dlr-small">${point.note}</div>` : ""}
		</div>
		${point.photo
			? html`<a class="dlr-point-photo" href="${point.photo}" target="_blank" rel="noopener"
					><img src="${point.photo}" alt="${__("Photo of {0}", [point.point])}"
			  /></a>`
			: ""}
		<div class="dlr-point-more">
			${open
				? html`<button class="btn btn-default dlr-tool" data-dlr="note" title="${__("Note")}">
							${icon("edit")}
						</button>
						<button class="btn btn-default dlr-tool" data-dlr="photo" title="${__("Photo")}">
							${icon("image")}
						</button>`
				: ""}
		</div>
		<div class="dlr-lights" role="group" aria-label="${point.point}">
			${LIGHTS.map(([colour, word]) => light(point, colour, word(), open))}
		</div>
	</div>`;
}

function light(point, colour, word, open) {
	const on = point.result === colour;
	return html`<button
		class="dlr-light dlr-light-${colour.toLowerCase()} ${on ? "dlr-on" : ""}"
		data-colour="${colour}"
		aria-pressed="${String(on)}"
		title="${__(colour)}"
		${open ? "" : "disabled"}
	>
		${word}
	</button>`;
}

/** Red and yellow: one click to the repair order, then the job with its answer. */
function offer(point, shown, may_write) {
	if (point.job_no) {
		const job = point.job || {};
		return html`<div class="dlr-offer">
			<span class="dlr-small">${__("Job {0}", [point.job_no])}</span>
			${job.answer ? pill(__(job.answer), ANSWERS[job.answer] || "gray") : ""}
			${job.amount ? html`<span class="dlr-small">${money(job.amount, job.currency)}</span>` : ""}
		</div>`;
	}
	if (!["Red", "Yellow"].includes(point.result) || !may_write || !shown.can_recommend) return "";
	return html`<div class="dlr-offer">
		<button class="btn btn-xs btn-default" data-dlr="recommend">${__("Recommend")}</button>
	</div>`;
}
