/** Forms of the floor: an appointment, a visit, a test drive; and the floor's buttons on other forms. */

import { is_dealership } from "../desk/dealership";
import { fill, html, intro, link, meet, ours, person, trusted } from "../desk/html";
import { call } from "../desk/server";
import { exact, when } from "../desk/words";
import * as actions from "./actions";
import { is_expected, is_late, is_overdue } from "./status";
import { up } from "./up";

const GET = { type: "GET" };

const people_query = () => ({ filters: { enabled: 1, user_type: "System User" } });

// Appointment

export const appointment = {
	setup(frm) {
		ours(frm);
		frm.set_query("salesperson", people_query);
		frm.set_query("customer", () => ({ filters: { disabled: 0 } }));
		frm.set_query("deal", () => ({
			filters: frm.doc.customer ? { customer: frm.doc.customer } : {},
		}));
	},

	async refresh(frm) {
		const { doc } = frm;
		const booked = !frm.is_new();
		const over = booked && !is_expected(doc);
		for (const field of ["customer", "lead", "company", "starts_at"])
			frm.set_df_property(field, "read_only", booked ? 1 : 0);
		for (const field of ["vehicle", "duration", "salesperson", "purpose", "deal"])
			frm.set_df_property(field, "read_only", over ? 1 : 0);
		frm.set_df_property(
			"starts_at",
			"description",
			booked && !over ? __("Reschedule changes the time: the old one stays on file.") : ""
		);
		frm.toggle_display(["person_name", "status", "ends_at"], false); // said at the top
		if (!booked) {
			intro(frm, "");
			if (frm.perm[0]?.create) frm.page.set_primary_action(__("Book"), () => frm.save());
			return;
		}
		const name = doc.name;
		let facts;
		try {
			facts = await call(
				"dealer_pos_crm.api.visit.get_appointment",
				{ appointment: name },
				GET
			);
		} catch (refusal) {
			return intro(frm, trusted(refusal.message), "red");
		}
		if (frm.doc.name !== name) return;
		meet(facts.people);
		intro(
			frm,
			appointment_top(doc, facts),
			is_late(doc) ? "orange" : doc.status === "No-show" ? "red" : "blue"
		);
		appointment_buttons(frm, facts);
	},
};

function appointment_top(doc, facts) {
	const late = is_late(doc)
		? html` <span class="dlr-red"
				>${fill(__("expected {0}, not here yet"), [when(doc.starts_at)])}</span
		  >`
		: "";
	const chain = facts.chain.length
		? html`<div class="dlr-small">
				${facts.chain.map(
					(row, at) =>
						html`${at ? " → " : ""}${row.name === doc.name
							? html`<b>${exact(row.starts_at)}</b>`
							: link("Showroom Appointment", row.name, exact(row.starts_at))}
						(${__(row.status)})`
				)}
		  </div>`
		: "";
	return html`<div class="dlr-line">
			<b>${exact(doc.starts_at)}</b>${late} ·
			${__(doc.purpose)}${facts.what ? html` · ${facts.what}` : ""} ·
			${person(doc.salesperson)}
		</div>
		${doc.status === "Cancelled"
			? html`<div class="dlr-small">${doc.cancel_reason}</div>`
			: ""}
		${doc.visit
			? html`<div class="dlr-small">
					${fill(__("The visit: {0}"), [link("Showroom Visit", doc.visit)])}
			  </div>`
			: ""}
		${chain}
		${facts.remarks.map(
			(text) => html`<div class="dlr-small dlr-orange">${trusted(text)}</div>`
		)}`;
}

function appointment_buttons(frm, facts) {
	const { doc } = frm;
	const again = () => frm.reload_doc();
	const has = (action) => facts.actions.includes(action);
	const near = Math.abs(dealer.seconds_until(doc.starts_at)) < 12 * 60 * 60;
	const all = {
		here: [__("They Are Here"), () => up({ ...doc, appointment: doc.name }, again)],
		confirm: [__("Confirm"), () => actions.confirm(doc, again)],
		reschedule: [
			__("Reschedule"),
			() =>
				actions.reschedule(doc, (answer) =>
					frappe.set_route("Form", doc.doctype, answer.name)
				),
		],
		miss: [__("No-show"), () => actions.miss(doc, again)],
		cancel: [__("Cancel Appointment"), () => actions.cancel(doc, again)],
	};
	const possible = {
		here: facts.may_visit,
		confirm: has("Confirm"),
		reschedule: has("Reschedule"),
		miss: has("No-show") && dealer.seconds_until(doc.starts_at) <= 0,
		cancel: has("Cancel"),
	};
	const first =
		near && possible.here
			? "here"
			: ["confirm", "reschedule", "here"].find((name) => possible[name]);
	if (first && !frm.is_dirty()) frm.page.set_primary_action(...all[first]);
	for (const [name, can] of Object.entries(possible))
		if (can && name !== first) frm.add_custom_button(...all[name], __("Actions"));
}

// Visit

export const visit = {
	setup(frm) {
		ours(frm);
		for (const field of ["salesperson", "greeted_by", "turned_over_to"])
			frm.set_query(field, people_query);
		frm.set_query("customer", () => ({ filters: { disabled: 0 } }));
	},

	refresh(frm) {
		const { doc } = frm;
		const made = !frm.is_new();
		meet(doc.__onload?.people);
		for (const field of ["customer", "lead", "company", "arrived_at", "kind"])
			frm.set_df_property(field, "read_only", made ? 1 : 0);
		for (const field of ["left_at", "outcome", "next_step", "turned_over_to"])
			frm.set_df_property(field, "read_only", 1);
		frm.toggle_display(["person_name"], false);
		if (!made) return intro(frm, "");
		const here = !doc.left_at;
		intro(
			frm,
			html`<div class="dlr-line">
				<b>${here ? __("Here") : __(doc.outcome)}</b> · ${__(doc.kind)} ·
				${here
					? fill(__("since {0}"), [when(doc.arrived_at)])
					: fill(__("was here {0}"), [when(doc.arrived_at)])}
				· ${person(doc.salesperson)}
			</div>`,
			here ? "green" : "blue"
		);
		if (!frm.perm[0]?.write) return;
		if (here && !frm.is_dirty())
			frm.page.set_primary_action(__("They Leave"), () =>
				actions.end_visit(doc, () => frm.reload_doc())
			);
		const about = { ...doc, visit: doc.name };
		if (frappe.model.can_create("Test Drive"))
			frm.add_custom_button(
				__("Test Drive"),
				() => actions.take_drive({ ...about, vehicle: doc.vehicles?.[0]?.vehicle }),
				__("Actions")
			);
		frm.add_custom_button(
			__("Book an Appointment"),
			() => actions.book(about, () => frm.reload_doc()),
			__("Actions")
		);
		if (!here)
			frm.add_custom_button(
				__("Correct the Outcome"),
				() => actions.end_visit(doc, () => frm.reload_doc()),
				__("Actions")
			);
	},
};

// Test drive

export const drive = {
	setup(frm) {
		ours(frm);
		frm.set_query("salesperson", people_query);
		frm.set_query("customer", () => ({ filters: { disabled: 0 } }));
	},

	refresh(frm) {
		const { doc } = frm;
		const made = !frm.is_new();
		meet(doc.__onload?.people);
		for (const field of [
			"customer",
			"lead",
			"vehicle",
			"company",
			"salesperson",
			"out_at",
			"mileage_out",
			"licence_seen",
			"licence_valid_until",
			"licence_country",
		])
			frm.set_df_property(field, "read_only", made ? 1 : 0);
		frm.toggle_display(["person_name", "status"], false);
		if (!made) return intro(frm, "");
		const late = is_overdue(doc);
		const back = doc.back_at ? html` · ${fill(__("back {0}"), [when(doc.back_at)])}` : "";
		intro(
			frm,
			html`<div class="dlr-line">
					<b>${late ? __("Overdue") : __(doc.status)}</b> · ${person(doc.salesperson)}
					${doc.status === "Out"
						? html` · ${fill(__("due back {0}"), [when(doc.due_back_at)])}`
						: ""}${back}
				</div>
				${doc.override_by
					? html`<div class="dlr-small dlr-orange">
							${__("{0} let them drive with an expired licence: {1}", [
								person(doc.override_by),
								doc.override_reason,
							])}
					  </div>`
					: ""}`,
			late ? "red" : "blue"
		);
		if (doc.status !== "Out" || !frm.perm[0]?.write) return;
		if (!frm.is_dirty())
			frm.page.set_primary_action(__("Car Is Back"), () =>
				actions.bring_back(doc, () => frm.reload_doc())
			);
		frm.add_custom_button(
			__("Did Not Take Place"),
			() => actions.cancel_drive(doc, () => frm.reload_doc()),
			__("Actions")
		);
		frm.add_custom_button(__("Print Gate Pass"), () => print_gate_pass(doc));
	},
};

function print_gate_pass(doc) {
	const query = new URLSearchParams({
		doctype: doc.doctype,
		name: doc.name,
		format: "Test Drive Gate Pass",
	});
	window.open(frappe.urllib.get_full_url(`/printview?${query}`), "_blank");
}

// Other forms: whom one speaks with there is the one who comes

function about_of(frm) {
	const { doc } = frm;
	if (doc.doctype === "Customer")
		return {
			customer: doc.name,
			person_name: doc.customer_name,
			salesperson: doc.dealer_sales_owner,
		};
	if (doc.doctype === "Lead")
		return {
			lead: doc.name,
			customer: doc.dealer_customer,
			company: doc.company,
			person_name: doc.lead_name,
			vehicle: doc.dealer_vehicle,
			salesperson: doc.lead_owner,
		};
	return {
		deal: doc.name,
		customer: doc.customer,
		lead: doc.lead,
		company: doc.company,
		person_name: doc.customer_name,
		vehicle: doc.vehicle,
		salesperson: doc.salesperson,
	};
}

const OVER = ["Delivered", "Funded", "Lost"];

function buttons(frm) {
	if (frm.is_new() || !is_dealership()) return;
	if (frm.doctype === "Deal Jacket" && OVER.includes(frm.doc.stage)) return;
	if (frm.doctype === "Lead" && !is_dealership(frm.doc.company)) return;
	const group = __("Showroom");
	const again = () => frm.reload_doc();
	if (frappe.model.can_create("Showroom Appointment"))
		frm.add_custom_button(
			__("Book an Appointment"),
			() => actions.book(about_of(frm), again),
			group
		);
	if (frappe.model.can_create("Showroom Visit"))
		frm.add_custom_button(__("Is Here"), () => up(about_of(frm), again), group);
	if (frappe.model.can_create("Test Drive"))
		frm.add_custom_button(__("Test Drive"), () => actions.take_drive(about_of(frm)), group);
}

/** To be called once: the floor's buttons on the forms of people and deals. */
export function setup() {
	for (const doctype of ["Customer", "Lead", "Deal Jacket"])
		frappe.ui.form.on(doctype, { refresh: buttons });
}
