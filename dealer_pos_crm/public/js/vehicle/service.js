/** What the service lane knows of a car: what was declined, recalls, the next maintenance. */

import { age, severity, until } from "../declined/status";
import { html, link, pill } from "../desk/html";
import { call } from "../desk/server";
import { money } from "../desk/words";

const GET = { type: "GET" };
const SHOWN = 6;

export async function service(frm) {
	const field = frm.fields_dict.service_overview;
	if (!field || !frappe.model.can_read("Declined Service")) {
		frm.toggle_display("service_section", false);
		return;
	}
	const name = frm.doc.name;
	if (field.$wrapper.data("vehicle") !== name) field.$wrapper.empty().data("vehicle", name);
	let facts;
	try {
		facts = await call("dealer_pos_crm.api.declined.service_of", { vehicle: name }, GET);
	} catch {
		return; // the connections lead there as well
	}
	if (frm.doc.name !== name) return;
	field.$wrapper.html(String(shown(facts, frm.doc)));
	field.$wrapper.off("click.dlr").on("click.dlr", "[data-dlr=ask]", async (event) => {
		event.currentTarget.disabled = true;
		await call("dealer_pos_crm.api.recall.ask", { vehicle: name }).catch(() => null);
		frappe.show_alert({ message: __("Recalls are looked up in the background"), indicator: "blue" });
	});
}

function shown(facts, doc) {
	return html`<div class="dlr-service">
		<div>${declined(facts.declined, doc)}</div>
		<div>${recalls(facts.recalls, facts.lookup)}</div>
		<div>${next(facts.next)}</div>
	</div>`;
}

function declined(rows, doc) {
	if (!rows.length) return html`<div class="dlr-label">${__("Nothing declined is open")}</div>`;
	const sums = {};
	for (const row of rows) sums[row.currency] = (sums[row.currency] || 0) + row.price;
	return html`<div class="dlr-label">
			${__("Declined and open")} ·
			<b>${Object.entries(sums).map(([currency, sum]) => money(sum, currency)).join(" · ")}</b>
		</div>
		${rows.slice(0, SHOWN).map(
			(row) => html`<div class="dlr-service-row">
				${severity(row.severity)} ${link("Declined Service", row.name, row.service_name)}
				<span class="dlr-small">${money(row.price, row.currency)} · ${age(row.days)}</span>
				${row.status === "Booked" ? pill(__("Booked"), "blue") : until(row)}
			</div>`
		)}
		${rows.length > SHOWN
			? html`<div class="dlr-small">${__("and {0} more, see Connections", [rows.length - SHOWN])}</div>`
			: ""}`;
}

function recalls(rows, lookup) {
	const known = lookup?.answered_at
		? __("as of {0}", [frappe.datetime.str_to_user(lookup.answered_at.slice(0, 10))])
		: lookup?.status === "Failed"
		? __("the lookup failed and is tried again")
		: lookup?.status
		? __("being looked up")
		: "";
	if (!rows.length) {
		return html`<div class="dlr-label">
			${__("No open recalls on file")} ${known ? html`<span>(${known})</span>` : ""}
			${lookup?.on && lookup.known && !lookup.status
				? html`<button class="btn btn-xs btn-default" data-dlr="ask">${__("Look Up")}</button>`
				: ""}
		</div>`;
	}
	return html`<div class="dlr-label">${__("Recalls to check by VIN")} ${known ? `(${known})` : ""}</div>
		${rows.slice(0, SHOWN).map(
			(row) => html`<div class="dlr-service-row">
				${row.do_not_drive ? pill(__("Do not drive"), "red") : row.park_outside ? pill(__("Park outside"), "red") : ""}
				${link("Vehicle Recall", row.name, row.component || row.campaign)}
				<span class="dlr-small">${row.campaign}</span>
			</div>`
		)}
		${rows.length > SHOWN
			? html`<div class="dlr-small">${__("and {0} more, see Connections", [rows.length - SHOWN])}</div>`
			: ""}`;
}

function next(found) {
	if (!found) return html`<div class="dlr-label">${__("No maintenance done here yet")}</div>`;
	return html`<div class="dlr-label">${__("Next maintenance")}</div>
		<div class="dlr-fact">${found.service} · ${frappe.datetime.str_to_user(found.due)}</div>
		<div class="dlr-small">${found.basis}</div>`;
}
