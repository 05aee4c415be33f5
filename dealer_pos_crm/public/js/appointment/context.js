/** What whoever books should know: declined work to offer, money, the last visit, other appointments. */

import { fill, html, link, person, pill } from "../desk/html";
import { exact, money, when } from "../desk/words";
import { color_of } from "./status";

const SEVERITY = { Red: "red", Yellow: "yellow", Green: "green" };

/** @param {Set<string>} added declined work that is in the appointment already */
export function panel(context, { added, may_add, customer }) {
	return html`<div class="dlr-context">
		${remarks(context)}
		<div class="dlr-context-two">
			${declined(context, added, may_add)}
			<section class="dlr-context-facts" aria-label="${__("About the customer")}">
				<dl class="dlr-facts">
					${balance(context, customer)} ${last_visit(context)} ${contact(context)}
				</dl>
				${other(context)}
			</section>
		</div>
	</div>`;
}

function remarks(context) {
	return context.remarks.map(
		(text) => html`<div class="dlr-note dlr-note-orange"><div>${dealer.trusted(text)}</div></div>`
	);
}

function declined(context, added, may_add) {
	if (context.declined === null) return "";
	const rows = context.declined;
	const total = rows.reduce((sum, row) => sum + (row.price || 0), 0);
	return html`<section aria-label="${__("Declined before")}">
		<h6 class="dlr-heading">
			${__("Declined before")}
			${rows.length ? html`<span class="dlr-small">${money(total, rows[0].currency)}</span>` : ""}
		</h6>
		${
			rows.length
				? html`<ul class="dlr-rows">
						${rows.map((row) => declined_row(row, added, may_add))}
				  </ul>`
				: html`<p class="dlr-small">${__("Nothing declined is open on this vehicle.")}</p>`
		}
	</section>`;
}

function declined_row(row, added, may_add) {
	const here = added.has(row.name);
	return html`<li>
		<div class="dlr-row-main">
			<div>
				${pill(__(row.severity), SEVERITY[row.severity] || "gray")}
				${link("Declined Service", row.name, row.service_name)}
			</div>
			<div class="dlr-small">
				${
					row.kind === "Deferred" && row.deferred_until
						? __("deferred until {0}", [frappe.datetime.str_to_user(row.deferred_until)])
						: fill(__("declined {0}"), [when(row.declined_on)])
				}
				${row.times_declined > 1 ? __("({0} times)", [row.times_declined]) : ""}
				${row.reason ? html` · ${row.reason}` : ""}
				${
					row.booked_appointment && !here
						? html` · ${fill(__("booked in {0}"), [
								link("Service Appointment", row.booked_appointment),
						  ])}`
						: ""
				}
			</div>
		</div>
		<div class="dlr-row-side">
			<span class="dlr-money">${money(row.price, row.currency)}</span>
			${
				here
					? html`<span class="dlr-small">${__("added")}</span>`
					: may_add && !row.booked_appointment
					? html`<button
							type="button"
							class="btn btn-default btn-xs"
							data-dlr="add-declined"
							data-name="${row.name}"
							aria-label="${__("Add {0}", [row.service_name])}"
					  >
							${__("Add")}
					  </button>`
					: ""
			}
		</div>
	</li>`;
}

function fact(label, value) {
	return html`<dt>${label}</dt>
		<dd>${value}</dd>`;
}

function balance(context, customer) {
	if (context.money === null) return "";
	const sums = context.money;
	if (!sums.length) return customer ? fact(__("Balance"), __("nothing owed, nothing held")) : "";
	return sums.map((row) => {
		const parts = [
			[row.owed, __("owes {0}"), "dlr-red"],
			[row.held, __("{0} held in deposits"), ""],
			[row.credit, __("{0} credit"), ""],
		].filter(([amount]) => amount);
		const said = parts.map(
			([amount, text, tone], at) =>
				html`${at ? " · " : ""}<span class="${tone}">${fill(text, [money(amount, row.currency)])}</span>`
		);
		return fact(
			sums.length > 1 ? row.company : __("Balance"),
			parts.length ? html`${said}` : __("nothing owed, nothing held")
		);
	});
}

function last_visit(context) {
	const visit = context.last_visit;
	if (visit === null) {
		return context.may.see_orders ? fact(__("Last visit"), __("none on file")) : "";
	}
	return fact(
		__("Last visit"),
		html`${link("Repair Order", visit.name)} ${when(visit.opened_at)}
		${visit.mileage_in ? html` · ${format_number(visit.mileage_in, null, 0)}` : ""}
		${visit.advisor ? html` · ${person(visit.advisor)}` : ""}
		${visit.concern ? html`<div class="dlr-small">${visit.concern}</div>` : ""}`
	);
}

function contact(context) {
	const found = context.customer;
	if (!found) return "";
	const said = [found.contact_by && __(found.contact_by), found.contact_phone, found.email_id].filter(Boolean);
	return fact(__("Prefers"), said.length ? said.join(" · ") : __("not known yet"));
}

function other(context) {
	const rows = context.appointments;
	if (!rows.length) return "";
	return html`<h6 class="dlr-heading">${__("Booked already")}</h6>
		<ul class="dlr-rows">
			${rows.map(
				(row) => html`<li>
					<div class="dlr-row-main">
						${link("Service Appointment", row.name, exact(row.starts_at))}
						${pill(__(row.status), color_of(row.status))}
						<div class="dlr-small">${row.vehicle_title || ""} · ${row.concern}</div>
					</div>
				</li>`
			)}
		</ul>
		${context.more_appointments ? html`<p class="dlr-small">${__("There are more; see the list.")}</p>` : ""}`;
}
