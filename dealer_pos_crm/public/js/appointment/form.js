/** The Service Appointment form: booking with all that should be known, then one button for what comes next. */

import { companies, is_dealership, usual_company } from "../desk/dealership";
import { fill, html, intro, link, meet, ours, person, pill, trusted } from "../desk/html";
import { call } from "../desk/server";
import { clock, exact, when } from "../desk/words";
import * as actions from "./actions";
import { panel } from "./context";
import { blocks, week_table } from "./load";
import { color_of, is_open, is_overdue } from "./status";

const GET = { type: "GET" };

export function setup(frm) {
	ours(frm);
	const never = () => false;
	frm.can_make_methods = { "Repair Order": never, "Service Appointment": never };
	frm.set_query("company", () => ({ filters: { name: ["in", companies()] } }));
	frm.set_query("team", () => ({ filters: { company: frm.doc.company, enabled: 1 } }));
	frm.set_query("advisor", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	frm.set_query("customer", () => ({ filters: { disabled: 0 } }));
	frm.set_query("labor_operation", "jobs", () => ({ filters: { enabled: 1 } }));
	frm.dlr_later = frappe.utils.debounce(() => load_context(frm), 250);
	$(frm.wrapper).on("dirty", () => primary(frm));
}

export async function refresh(frm) {
	frm.dlr_facts = null;
	frozen(frm);
	listen(frm);
	if (frm.is_new()) {
		primary(frm);
		await start(frm);
		return;
	}
	skeleton(frm);
	primary(frm);
	await load(frm);
}

/** What is booked stays: fields that only a step changes are not offered for typing. */
function frozen(frm) {
	const booked = !frm.is_new();
	const over = booked && !is_open(frm.doc);
	frm.toggle_display(["customer_name", "vehicle_title", "status", "ends_at"], false); // said at the top
	for (const field of ["customer", "company", "starts_at"]) frm.set_df_property(field, "read_only", booked ? 1 : 0);
	frm.set_df_property("vehicle", "read_only", booked && (over || frm.doc.vehicle) ? 1 : 0);
	for (const field of ["duration", "team", "advisor", "concern", "jobs"]) {
		frm.set_df_property(field, "read_only", over ? 1 : 0);
	}
	frm.set_df_property(
		"starts_at",
		"description",
		booked && !over ? __("Reschedule changes the time: the old one stays on file.") : ""
	);
}

// A new appointment

async function start(frm) {
	const company = usual_company(frm.doc.company);
	if (!companies().length) {
		intro(
			frm,
			fill(__("No company is set up as a dealership. Create its Dealer Settings first: {0}"), [
				link("Dealer Settings", "new", __("New Dealer Settings")),
			]),
			"orange"
		);
		return;
	}
	if (company !== frm.doc.company) await frm.set_value("company", company);
	const { starts_at, ends_at } = frm.doc; // the calendar says from and until
	if (starts_at && ends_at) {
		const length = moment(ends_at).diff(moment(starts_at), "minutes") / 60;
		if (length > 0 && length <= 12) await frm.set_value("duration", length);
		frm.doc.ends_at = null;
	}
	await load_context(frm);
}

/** Customer, vehicle, day or team changed: what should be known of them. */
export function changed(frm) {
	if (frm.is_new()) frm.dlr_later();
	else if (frm.dlr_facts) draw(frm);
}

async function load_context(frm) {
	const { customer, vehicle, company, starts_at } = frm.doc;
	if (!frm.is_new()) return;
	if (!company || !is_dealership(company)) return draw(frm);
	const asked = (frm.dlr_asked = JSON.stringify([customer, vehicle, company, starts_at]));
	let found;
	try {
		found = await call(
			"dealer_pos_crm.api.appointment.get_context",
			{ customer, vehicle, company, day: starts_at ? starts_at.slice(0, 10) : frappe.datetime.get_today() },
			GET
		);
	} catch (refusal) {
		put(frm, "context", html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`);
		return;
	}
	if (frm.dlr_asked !== asked || !frm.is_new()) return; // the person went on
	meet(found.people);
	frm.dlr_facts = { context: found };
	prefill(frm, found);
	draw(frm);
}

/** What the system knows nobody types; what somebody typed stays. */
function prefill(frm, context) {
	const known = context.customer;
	if (known && frm.dlr_filled_for !== frm.doc.customer) {
		const first = !frm.dlr_filled_for;
		frm.dlr_filled_for = frm.doc.customer;
		if (!first || !frm.doc.contact_phone) frm.set_value("contact_phone", known.contact_phone || "");
		if (!first || !frm.doc.contact_by) frm.set_value("contact_by", known.contact_by || "");
	}
	if (frm.doc.customer && !frm.doc.vehicle && context.vehicles.length === 1) {
		frm.set_value("vehicle", context.vehicles[0].name);
	}
}

// What is drawn

function skeleton(frm) {
	const wrapper = frm.fields_dict.overview.$wrapper;
	if (wrapper.data("appointment") !== frm.doc.name) {
		wrapper.html(`<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>`);
	}
	wrapper.data("appointment", frm.doc.name);
}

async function load(frm) {
	const name = frm.doc.name;
	let facts;
	try {
		facts = await call("dealer_pos_crm.api.appointment.get_overview", { appointment: name }, GET);
	} catch (refusal) {
		frm.fields_dict.overview.$wrapper.html(
			String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`)
		);
		return;
	}
	if (frm.doc.name !== name) return;
	meet(facts.people);
	meet(facts.context.people);
	frm.dlr_facts = facts;
	draw(frm);
	primary(frm);
	menu(frm);
}

function draw(frm) {
	const facts = frm.dlr_facts;
	const fresh = frm.is_new();
	const top = !fresh && facts ? booked_parts(frm, facts) : "";
	put(frm, "overview", top && html`<div class="dlr-overview">${top}</div>`);
	const known = facts && (fresh ? new_parts(frm, facts) : is_open(frm.doc) || frm.doc.status === "No-show");
	put(frm, "context", known === true ? about(frm, facts.context) : known);
	put(frm, "history", !fresh && facts ? happened(facts) : "");
}

/** Draw into a field, which shows only when there is something. */
function put(frm, field, content) {
	const text = String(content || "");
	frm.fields_dict[field].$wrapper.html(text);
	frm.toggle_display(field, Boolean(text));
}

function added(frm) {
	return new Set((frm.doc.jobs || []).map((row) => row.declined_service).filter(Boolean));
}

function about(frm, context) {
	return panel(context, {
		added: added(frm),
		may_add: frm.is_new() || (is_open(frm.doc) && frm.perm[0]?.write),
		customer: frm.doc.customer,
	});
}

function new_parts(frm, facts) {
	const context = facts.context;
	const day = (frm.doc.starts_at || "").slice(0, 10);
	const known = frm.doc.customer || frm.doc.vehicle;
	return html`${[
		known
			? about(frm, context)
			: html`<p class="dlr-small">
					${__("Choose the customer: what was declined, what is owed and when they came last is shown here.")}
			  </p>`,
		garage(frm, context),
		html`<section aria-label="${__("Load of the week")}">
			<h6 class="dlr-heading">${__("How full the week is")}</h6>
			${week_table(context.load, day, frm.doc.team)}
		</section>`,
	]}`;
}

/** The customer's cars, one click each, while none is chosen. */
function garage(frm, context) {
	if (!frm.doc.customer || frm.doc.vehicle || context.vehicles.length < 2) return "";
	return html`<div class="dlr-chips" role="group" aria-label="${__("Which car")}">
		<span class="dlr-small">${__("Which car?")}</span>
		${context.vehicles.map(
			(row) => html`<button
				type="button"
				class="btn btn-default btn-xs"
				data-dlr="vehicle"
				data-name="${row.name}"
			>
				${row.title}
			</button>`
		)}
	</div>`;
}

function booked_parts(frm, facts) {
	if (!facts) return "";
	const { doc } = frm;
	return [
		html`<div class="dlr-answer">${figure_when(doc)} ${figure_who(doc)} ${figure_load(doc, facts)}</div>`,
		next_note(doc, facts),
		chain(facts, doc),
	];
}

function figure_when(doc) {
	const late = is_overdue(doc);
	return html`<div class="dlr-figure">
		<div class="dlr-label">${pill(__(doc.status), color_of(doc.status))}</div>
		<div class="dlr-fact">${exact(doc.starts_at)} – ${clock(doc.ends_at)}</div>
		<div class="dlr-small ${late ? "dlr-red" : ""}">
			${late ? fill(__("expected {0}, not here yet"), [when(doc.starts_at)]) : when(doc.starts_at)}
		</div>
	</div>`;
}

function figure_who(doc) {
	return html`<div class="dlr-figure">
		<div class="dlr-label">${doc.transport ? __(doc.transport) : __("For")}</div>
		<div class="dlr-fact">
			${doc.vehicle ? link("Dealer Vehicle", doc.vehicle, doc.vehicle_title) : __("Vehicle not named yet")}
		</div>
		<div class="dlr-small">
			${link("Customer", doc.customer, doc.customer_name)}${doc.contact_phone ? html` · ${doc.contact_phone}` : ""}
		</div>
	</div>`;
}

function figure_load(doc, facts) {
	return html`<div class="dlr-figure">
		<div class="dlr-label">${doc.team || __("No team")}</div>
		<div class="dlr-fact">${facts.load ? blocks(facts.load) : __("{0} h", [doc.duration])}</div>
		<div class="dlr-small">${doc.advisor ? person(doc.advisor) : __("no advisor yet")}</div>
	</div>`;
}

function next_note(doc, facts) {
	if (facts.repair_order) {
		const text = facts.order_cancelled
			? __("Its repair order was cancelled: {0}. A new one opens as a walk-in.")
			: __("The repair order: {0}");
		return html`<div class="dlr-note ${facts.order_cancelled ? "dlr-note-orange" : "dlr-note-green"}">
			<div>${fill(text, [link("Repair Order", facts.repair_order)])}</div>
		</div>`;
	}
	if (doc.status === "Cancelled") {
		return html`<div class="dlr-note">
			<div>${fill(__("Cancelled {0}: {1}"), [when(doc.cancelled_at), doc.cancel_reason])}</div>
		</div>`;
	}
	if (doc.status === "No-show") {
		return html`<div class="dlr-note dlr-note-red">
			<div>${fill(__("Nobody came; marked {0}. Call today and find another time."), [when(doc.missed_at)])}</div>
		</div>`;
	}
	return "";
}

function chain(facts, doc) {
	if (!facts.chain.length) return "";
	return html`<div class="dlr-note">
		<div>
			${facts.chain.map(
				(row, at) => html`${at ? " → " : ""}${
					row.name === doc.name
						? html`<b>${exact(row.starts_at)}</b>`
						: link("Service Appointment", row.name, exact(row.starts_at))
				}
				<span class="dlr-small">(${__(row.status)})</span>`
			)}
		</div>
	</div>`;
}

function happened(facts) {
	if (!facts.happened.length) return "";
	return html`<ul class="dlr-rows dlr-steps">
			${facts.happened.map(
				(row) => html`<li>
					<span>${row.title}${row.reason ? html` <span class="dlr-small">(${row.reason})</span>` : ""}</span>
					<span class="dlr-small">${when(row.happened_at)} · ${person(row.actor)}</span>
				</li>`
			)}
		</ul>`;
}

function listen(frm) {
	frm.fields_dict.context.$wrapper
		.off("click.dlr")
		.on("click.dlr", "[data-dlr=add-declined]", (event) => add_declined(frm, event.currentTarget.dataset.name))
		.on("click.dlr", "[data-dlr=vehicle]", (event) =>
			frm.set_value("vehicle", event.currentTarget.dataset.name)
		)
		.on("click.dlr", "[data-dlr=day]", (event) => {
			const time = (frm.doc.starts_at || " 09:00:00").slice(10);
			if (frm.is_new()) frm.set_value("starts_at", event.currentTarget.dataset.day + time);
		});
}

function add_declined(frm, name) {
	const row = frm.dlr_facts?.context.declined.find((found) => found.name === name);
	if (!row || added(frm).has(name)) return;
	frm.add_child("jobs", {
		service_name: row.service_name,
		labor_operation: row.labor_operation,
		price: row.price,
		currency: row.currency,
		declined_service: row.name,
	});
	frm.refresh_field("jobs");
	frm.dirty();
	draw(frm);
}

/** The op code knows its name and hours; the appointment is at least as long as its work. */
export async function operation_chosen(frm, doctype, name) {
	const row = frappe.get_doc(doctype, name);
	if (!row.labor_operation) return;
	const { message } = await frappe.db.get_value("Labor Operation", row.labor_operation, [
		"service_name",
		"hours",
	]);
	if (!message) return;
	if (!row.service_name) frappe.model.set_value(doctype, name, "service_name", message.service_name);
	if (!row.hours) frappe.model.set_value(doctype, name, "hours", message.hours);
}

export function hours_changed(frm) {
	const sum = (frm.doc.jobs || []).reduce((total, row) => total + (row.hours || 0), 0);
	if (sum > (frm.doc.duration || 0)) frm.set_value("duration", sum);
}

export function jobs_changed(frm) {
	if (frm.dlr_facts) draw(frm);
}

// The one button, and the menu

function is_near(doc) {
	return Math.abs(dealer.seconds_until(doc.starts_at)) < 12 * 60 * 60;
}

function primary(frm) {
	const { page, doc, dlr_facts: facts } = frm;
	if (frm.is_new()) {
		if (frm.perm[0]?.create) page.set_primary_action(__("Book"), () => frm.save());
		return;
	}
	if (frm.is_dirty()) return; // Frappe's own Save
	page.clear_primary_action();
	if (!facts) return;
	const next = next_of(doc, facts);
	if (next) page.set_primary_action(...buttons(frm)[next]);
}

function next_of(doc, facts) {
	if (facts.repair_order) return "order";
	if (doc.status === "Arrived" || (is_open(doc) && is_near(doc))) {
		if (facts.may_check_in) return "check_in";
		if (facts.actions.includes("Arrive")) return "arrive";
	}
	if (facts.actions.includes("Confirm")) return "confirm";
	return facts.actions.includes("Reschedule") ? "reschedule" : null;
}

function buttons(frm) {
	const again = () => frm.reload_doc();
	return {
		order: [
			__("Open Repair Order"),
			() => frappe.set_route("Form", "Repair Order", frm.dlr_facts.repair_order),
		],
		check_in: [__("Check In"), () => check_in(frm)],
		arrive: [__("Arrived"), () => step(frm, () => actions.arrive(frm.doc))],
		confirm: [__("Confirm"), () => open(frm, () => actions.confirm(frm.doc, again))],
		reschedule: [__("Reschedule"), () => open(frm, () => actions.reschedule(frm.doc, moved))],
		miss: [__("No-show"), () => open(frm, () => actions.miss(frm.doc, again))],
		cancel: [__("Cancel Appointment"), () => open(frm, () => actions.cancel(frm.doc, again))],
	};
}

function menu(frm) {
	const { doc, dlr_facts: facts } = frm;
	const has = (action) => facts.actions.includes(action);
	const shown = next_of(doc, facts);
	const rows = {
		check_in: facts.may_check_in,
		arrive: has("Arrive"),
		confirm: has("Confirm"),
		reschedule: has("Reschedule"),
		miss: has("No-show") && dealer.seconds_until(doc.starts_at) <= 0,
		cancel: has("Cancel"),
	};
	const all = buttons(frm);
	for (const [name, possible] of Object.entries(rows)) {
		if (possible && name !== shown) frm.add_custom_button(...all[name], __("Actions"));
	}
	if (doc.customer && frappe.model.can_create("Service Appointment") && !is_open(doc)) {
		frm.add_custom_button(__("Book Again"), () =>
			frappe.new_doc("Service Appointment", {
				customer: doc.customer,
				vehicle: doc.vehicle,
				company: doc.company,
				concern: doc.concern,
			})
		);
	}
}

async function saved(frm) {
	if (frm.is_dirty()) await frm.save();
	return !frm.is_dirty();
}

async function open(frm, show) {
	if (frm.dlr_dialog?.is_visible || frm.dlr_opening) return;
	frm.dlr_opening = true;
	try {
		if (await saved(frm)) frm.dlr_dialog = await show();
	} catch (refusal) {
		frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" });
	} finally {
		frm.dlr_opening = false;
	}
}

async function step(frm, run) {
	if (frm.dlr_running || !(await saved(frm))) return;
	frm.dlr_running = true;
	frm.page.btn_primary.prop("disabled", true);
	try {
		const answer = await run();
		await frm.reload_doc();
		return answer;
	} catch (refusal) {
		frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" });
	} finally {
		frm.dlr_running = false;
		frm.page.btn_primary.prop("disabled", false);
	}
}

async function check_in(frm) {
	if (!(await saved(frm))) return;
	if (!frm.doc.vehicle) {
		frappe.show_alert({ message: __("Name the vehicle first"), indicator: "orange" });
		frm.scroll_to_field("vehicle");
		return;
	}
	open(frm, () => actions.check_in(frm.doc));
}

function moved(answer) {
	for (const text of answer.remarks) frappe.show_alert({ message: text, indicator: "orange" }, 10);
	frappe.show_alert({ message: __("Moved to {0}", [exact(answer.starts_at)]), indicator: "green" });
	frappe.set_route("Form", "Service Appointment", answer.name);
}
