/** The jobs of an order as people read them: what, who pays, the answer, its parts, the price; and what to do. */

import { html, icon, link, person, pill } from "../desk/html";
import { exact, money } from "../desk/words";
import { ANSWERS, PARTS, is_working } from "./status";

const FEW = 8;

export function job_list(doc, facts, all) {
	const rows = doc.jobs || [];
	if (!rows.length) {
		return html`<div class="dlr-ro-jobs dlr-empty">
			${
				facts.may?.edit && is_working(doc)
					? __("No job yet. Recommend one, or add work that was declined before.")
					: __("No job.")
			}
		</div>`;
	}
	// What waits for an answer comes first; the numbers tell the order in which they were found.
	const sorted = [...rows].sort(
		(a, b) => (b.answer === "Pending") - (a.answer === "Pending") || a.job_no - b.job_no
	);
	const shown = all || rows.length <= FEW + 2 ? sorted : sorted.slice(0, FEW);
	return html`<div class="dlr-ro-jobs" role="list" aria-label="${__("Jobs")}">
		${shown.map((row) => job(row, doc, facts))}
		${
			shown.length < rows.length
				? html`<button class="btn btn-default btn-xs" data-dlr="all-jobs">
						${__("Show all {0} jobs", [rows.length])}
				  </button>`
				: ""
		}
	</div>`;
}

function job(row, doc, facts) {
	const parts = facts.parts?.by_job?.[row.job_no];
	const choices = choices_of(row, doc, facts);
	return html`<div class="dlr-ro-job" role="listitem" data-job="${row.job_no}">
		<span class="dlr-ro-job-no">${row.job_no}</span>
		<div class="dlr-ro-job-text">
			<div>
				<b>${row.title}</b>
				${row.labor_operation ? html`<span class="dlr-small">${link("Labor Operation", row.labor_operation, row.labor_operation)}</span>` : ""}
				${row.pay_type !== "Customer" ? pill(__(row.pay_type), "blue") : ""}
				${row.severity ? pill(__(row.severity), { Red: "red", Yellow: "yellow" }[row.severity] || "green") : ""}
			</div>
			<div class="dlr-small">${details(row)}</div>
		</div>
		<span class="dlr-ro-job-state">
			${parts && parts !== "In Stock" ? pill(__("Parts: {0}", [__(parts)]), PARTS[parts]) : ""}
			${
				row.done
					? pill(__("Done"), "green")
					: html`<span title="${said(row)}">${pill(__(row.answer), ANSWERS[row.answer])}</span>`
			}
		</span>
		<span class="dlr-money">${money(row.amount, doc.currency)}</span>
		<span class="dlr-ro-job-menu">${choices.length ? menu(row, choices) : ""}</span>
	</div>`;
}

function details(row) {
	const words = [];
	if (row.hours) words.push(__("{0} h", [row.hours]));
	if (row.technician) words.push(person(row.technician));
	if (row.concern && row.concern !== row.title) words.push(`“${row.concern}”`);
	if (row.correction) words.push(row.correction);
	else if (row.cause) words.push(row.cause);
	if (row.answer !== "Pending") words.push(said(row));
	return words.filter(Boolean).join(" · ");
}

function said(row) {
	if (row.answer === "Pending") return __("No answer yet");
	const way = [row.answered_by, row.answered_how && __(row.answered_how), row.answered_phone]
		.filter(Boolean)
		.join(", ");
	const why = row.answer === "Deferred" && row.deferred_until
		? __("until {0}", [frappe.datetime.str_to_user(row.deferred_until)])
		: row.decline_reason || "";
	return [way, row.answered_at && exact(row.answered_at), why].filter(Boolean).join(" · ");
}

/** What can be done with one job, by the name that `form.js` knows. */
function choices_of(row, doc, facts) {
	if (!is_working(doc) || !facts.may) return [];
	const { edit, work } = facts.may;
	const found = [];
	if (row.answer === "Approved" && !row.done && work) found.push(["finish", __("Work Done")]);
	if (work) found.push(["work", __("Cause and Correction")]);
	if (row.done && work) found.push(["take_back", __("Not Done After All")]);
	if (edit && row.answer !== "Pending" && !row.done) found.push(["answer", __("Change Answer")]);
	if (edit && row.answer === "Approved") found.push(["revise", __("New Price")]);
	if (edit && row.answer !== "Pending" && !row.done) found.push(["withdraw", __("Take Answer Back")]);
	if (edit && row.answer === "Pending") {
		found.push(["answer", __("Record Answer")], ["remove", __("Remove")]);
	}
	return found;
}

function menu(row, choices) {
	return html`<div class="dropdown">
		<button
			class="btn btn-default btn-xs"
			data-toggle="dropdown"
			aria-haspopup="true"
			aria-expanded="false"
			aria-label="${__("Actions of job {0}", [row.job_no])}"
		>
			${icon("dot-horizontal", "xs")}
		</button>
		<ul class="dropdown-menu dropdown-menu-right" role="menu">
			${choices.map(
				([name, label]) => html`<li>
					<a class="dropdown-item" href="#" role="menuitem" data-dlr="job" data-do="${name}">${label}</a>
				</li>`
			)}
		</ul>
	</div>`;
}
