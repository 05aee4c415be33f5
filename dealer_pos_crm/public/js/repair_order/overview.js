/** The top of a Repair Order form: promised when, what waits for an answer, parts, and what it costs. */

import { fill, html, link, person, pill } from "../desk/html";
import { exact, money, seconds_until, when } from "../desk/words";
import { PARTS, color_of, is_working, promise_of } from "./status";

export function overview(doc, facts) {
	return html`<div class="dlr-overview">
		<div class="dlr-answer dlr-ro">
			${car(doc)} ${stands(doc, facts)} ${promised(doc)} ${answers(doc, facts)} ${parts(doc, facts)}
			${balance(doc)}
		</div>
		${recalls(facts.recalls || [])} ${declined(facts, doc)} ${notes(doc, facts)}
	</div>`;
}

function figure(label, fact, ...small) {
	return html`<div class="dlr-figure">
		<div class="dlr-label">${label}</div>
		<div class="dlr-fact">${fact}</div>
		${small.filter(Boolean).map((line) => html`<div class="dlr-small">${line}</div>`)}
	</div>`;
}

function car(doc) {
	return figure(
		__("Vehicle"),
		link("Dealer Vehicle", doc.vehicle, doc.vehicle_title),
		[doc.plate, doc.mileage_in && __("{0} on arrival", [doc.mileage_in.toLocaleString()])]
			.filter(Boolean)
			.join(" · "),
		doc.tag && __("Tag {0}", [doc.tag])
	);
}

function stands(doc, facts) {
	return figure(
		__("Status"),
		pill(__(doc.status), color_of(doc.status)),
		doc.status_since && fill(__("since {0}"), [when(doc.status_since)]),
		doc.advisor && person(doc.advisor),
		facts.clocked?.length &&
			facts.clocked.map((row) => __("{0} on job {1}", [row.technician, row.job_no])).join(", ")
	);
}

function promised(doc) {
	const seconds = doc.promised_at ? seconds_until(doc.promised_at) : 0;
	const { tone, words } = promise_of(doc, seconds);
	if (!doc.promised_at) {
		return figure(__("Promised"), is_working(doc) ? html`<span class="text-muted">${words}</span>` : "-");
	}
	return figure(
		__("Promised"),
		html`<span class="${tone && `dlr-${tone}`}">${exact(doc.promised_at)}</span>`,
		words
			? html`<span class="${tone && `dlr-${tone}`}">${words}, ${when(doc.promised_at)}</span>`
			: ""
	);
}

function answers(doc, facts) {
	if (!doc.jobs?.length) return figure(__("Jobs"), __("No job yet"));
	const approved = doc.jobs.filter((row) => row.answer === "Approved");
	const done = approved.filter((row) => row.done).length;
	const work = approved.length ? __("{0} of {1} approved jobs done", [done, approved.length]) : "";
	if (!doc.pending_jobs) return figure(__("Answers"), __("All answered"), work);
	return figure(
		__("Answers"),
		html`<span class="dlr-orange">${
			doc.pending_jobs === 1 ? __("1 job pending") : __("{0} jobs pending", [doc.pending_jobs])
		}</span>`,
		facts.pending_total !== undefined && __("worth {0}", [money(facts.pending_total, doc.currency)]),
		work
	);
}

function parts(doc, facts) {
	const found = facts.parts;
	if (!found?.state) return figure(__("Parts"), html`<span class="text-muted">${__("None")}</span>`);
	const eta = found.eta
		? fill(found.waiting === 1 ? __("1 awaited, {1}") : __("{0} awaited, the last {1}"), [
				found.waiting,
				frappe.datetime.str_to_user(found.eta),
		  ])
		: "";
	return figure(__("Parts"), pill(__(found.state), PARTS[found.state]), eta);
}

function balance(doc) {
	if (doc.payment_status === "Not Invoiced") {
		return html`<div class="dlr-figure">
			<div class="dlr-label">${__("Customer pays")}</div>
			<div class="dlr-number">${money(doc.grand_total, doc.currency)}</div>
			<div class="dlr-small">
				${__("authorised {0} net", [money(doc.authorised_total, doc.currency)])}
			</div>
		</div>`;
	}
	const open = doc.outstanding > 0;
	return html`<div class="dlr-figure">
		<div class="dlr-label">${open ? __("Owed") : __("Paid")}</div>
		<div class="dlr-number ${open ? "dlr-red" : ""}">
			${money(open ? doc.outstanding : doc.paid_total, doc.currency)}
		</div>
		<div class="dlr-small">${__("of {0} invoiced", [money(doc.invoiced_total, doc.currency)])}</div>
	</div>`;
}

export function recalls(rows) {
	if (!rows.length) return "";
	const stop = rows.some((row) => row.do_not_drive || row.park_outside);
	return html`<div class="dlr-note dlr-note-${stop ? "red" : "orange"}">
		<div>
			<b>${rows.length === 1 ? __("1 open recall") : __("{0} open recalls", [rows.length])}</b>${
		stop ? html` · <b>${__("Do not drive or park outside")}</b>` : ""
	}:
			${rows
				.slice(0, 4)
				.map(
					(row, at) =>
						html`${at ? ", " : ""}${link("Vehicle Recall", row.name, row.component || row.campaign)}`
				)}
			${rows.length > 4 ? __("and {0} more", [rows.length - 4]) : ""}
		</div>
	</div>`;
}

const SHOWN = 4;

function declined(facts, doc) {
	const present = new Set((doc.jobs || []).map((row) => row.declined_service).filter(Boolean));
	const rows = (facts.declined || []).filter((row) => !present.has(row.name));
	if (!rows.length) return "";
	return html`<div class="dlr-note dlr-note-orange">
		<div>
			<b>${__("Declined before on this vehicle")}</b>
			<div class="dlr-lines">
				${rows.slice(0, SHOWN).map((row) => declined_row(row, facts.may?.edit))}
			</div>
			${rows.length > SHOWN ? html`<div class="dlr-small">${__("and {0} more", [rows.length - SHOWN])}</div>` : ""}
		</div>
		${
			facts.may?.edit && rows.length > 1
				? html`<div class="dlr-buttons">
						<button class="btn btn-default btn-sm" data-dlr="add-all-declined">
							${__("Add All {0}", [rows.length])}
						</button>
				  </div>`
				: ""
		}
	</div>`;
}

const SEVERITY = { Red: "red", Yellow: "yellow", Green: "green" };

export function declined_row(row, may_add) {
	const told = row.reason ? html` · “${row.reason}”` : "";
	return html`<div class="dlr-line">
		<span>
			${pill(__(row.severity), SEVERITY[row.severity] || "gray")}
			${link("Declined Service", row.name, row.service_name)}
			<span class="dlr-small">${when(row.declined_on)}${told}</span>
		</span>
		<span class="dlr-money">${money(row.price, row.currency)}</span>
		${
			may_add
				? html`<button class="btn btn-default btn-xs" data-dlr="add-declined" data-name="${row.name}">
						${__("Add")}
				  </button>`
				: ""
		}
	</div>`;
}

function contact(doc) {
	const ways = { Phone: __("prefers a call"), Text: __("prefers a text"), "E-mail": __("prefers e-mail") };
	return html`<b>${doc.contact_phone}</b>${doc.contact_by ? html` · ${ways[doc.contact_by]}` : ""}`;
}

function notes(doc, facts) {
	const lines = [];
	if (doc.contact_phone) lines.push(contact(doc));
	if (doc.concern) lines.push(html`“${doc.concern}”`);
	if (doc.damage_notes) lines.push(html`<b>${__("Damage on arrival")}</b>: ${doc.damage_notes}`);
	if (facts.owner) {
		lines.push(
			fill(__("In our books the vehicle belongs to {0}, not to {1}."), [
				link("Customer", facts.owner.name, facts.owner.customer_name),
				link("Customer", doc.customer, doc.customer_name),
			])
		);
	}
	if (facts.other_orders?.length) {
		lines.push(
			fill(__("The vehicle has another open order: {0}"), [
				facts.other_orders.map(
					(row, at) => html`${at ? ", " : ""}${link("Repair Order", row.name)} (${__(row.status)})`
				),
			])
		);
	}
	if (doc.comeback_of) {
		lines.push(
			fill(__("Comeback of {0}: {1}"), [link("Repair Order", doc.comeback_of), doc.comeback_reason || "-"])
		);
	}
	for (const row of facts.comebacks || []) {
		lines.push(fill(__("Came back: {0}"), [link("Repair Order", row.name)]));
	}
	if (doc.status === "Closed" && doc.next_service) {
		lines.push(
			__("Next: {0} on {1}. {2}", [
				doc.next_service,
				frappe.datetime.str_to_user(doc.next_service_on),
				doc.next_service_basis || "",
			])
		);
	}
	if (doc.cancel_reason) lines.push(__("Cancelled: {0}", [doc.cancel_reason]));
	if (!lines.length) return "";
	return html`<div class="dlr-note"><div>${lines.map((line) => html`<div>${line}</div>`)}</div></div>`;
}
