/** The Repair Order form: the answer on top, one thing to do next, the rest in the menu. */

import { companies } from "../desk/dealership";
import { html, meet, ours, trusted } from "../desk/html";
import { call } from "../desk/server";
import { record_answer } from "./answer";
import { check_in } from "./check_in";
import { job_list } from "./jobs";
import { overview } from "./overview";
import { recommend } from "./recommend";
import { is_working } from "./status";
import * as dialogs from "./work";

const GET = { type: "GET" };
export function setup(frm) {
	ours(frm);
	const never = () => false;
	frm.can_make_methods = { "Declined Service": never, "Customer Event": never, "Follow Up": never };
	frm.set_query("company", () => ({ filters: { name: ["in", companies()] } }));
	frm.set_query("customer", () => ({ filters: { disabled: 0 } }));
	frm.set_query("labor_operation", "jobs", () => ({ filters: { enabled: 1 } }));
	frm.set_query("technician", "jobs", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	frm.set_query("advisor", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	frm.set_query("tax_template", () => ({ filters: { company: frm.doc.company, disabled: 0 } }));
	frm.set_query("warehouse", "parts", () => ({ filters: { company: frm.doc.company, is_group: 0 } }));
	frm.set_query("item", "parts", () => ({ filters: { is_sales_item: 1, disabled: 0 } }));
	frm.set_query("comeback_of", () => ({
		filters: { vehicle: frm.doc.vehicle || "", name: ["!=", frm.doc.name] },
	}));
	$(frm.wrapper).on("dirty", () => primary(frm));
}

export async function refresh(frm) {
	frm.dlr_facts = {};
	if (frm.is_new()) {
		frm.toggle_display(["overview", "job_list"], false);
		begin(frm);
		return;
	}
	frm.toggle_display(["overview", "job_list"], true);
	// Said at the top already.
	frm.toggle_display(["customer_name", "vehicle_title", "vin", "plate", "status", "opened_at"], false);
	mileage_changed(frm);
	frm.set_df_property("customer", "read_only", 1);
	frm.set_df_property("vehicle", "read_only", 1);
	frm.set_df_property("company", "read_only", 1);
	for (const table of ["jobs", "parts", "sublets"]) {
		frm.set_df_property(table, "read_only", is_working(frm.doc) ? 0 : 1);
	}
	skeleton(frm);
	primary(frm);
	await load(frm);
}

/** A new order begins with the check-in; the bare form is there for whoever closes it. */
function begin(frm) {
	if (frm.dlr_begun === frm.doc.name || !companies().length) return;
	frm.dlr_begun = frm.doc.name;
	const { customer, vehicle, company } = frm.doc;
	const name = frm.doc.name;
	check_in({ customer, vehicle, company }, (order) => {
		frappe.model.clear_doc("Repair Order", name);
		frappe.set_route("Form", "Repair Order", order);
	});
}

async function load(frm) {
	const name = frm.doc.name;
	let facts;
	try {
		facts = await call("dealer_pos_crm.api.repair_order.get_overview", { order: name }, GET);
	} catch (refusal) {
		frm.fields_dict.overview.$wrapper.html(
			String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`)
		);
		return;
	}
	if (frm.doc.name !== name) return; // the person went on to another one
	meet(facts.people);
	frm.dlr_facts = facts;
	draw(frm);
	primary(frm);
	menu(frm);
}

function skeleton(frm) {
	const wrapper = frm.fields_dict.overview.$wrapper;
	if (!wrapper.find(".dlr-overview").length || wrapper.data("order") !== frm.doc.name) {
		wrapper.html(`<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>`);
		frm.fields_dict.job_list.$wrapper.empty();
		frm.dlr_all_jobs = false;
	}
	wrapper.data("order", frm.doc.name);
}

function draw(frm) {
	const { doc, dlr_facts: facts } = frm;
	const top = frm.fields_dict.overview.$wrapper;
	top.html(String(overview(doc, facts)));
	top.off("click.dlr")
		.on("click.dlr", "[data-dlr=add-declined]", (event) => {
			event.currentTarget.disabled = true;
			take_up(frm, [event.currentTarget.dataset.name]);
		})
		.on("click.dlr", "[data-dlr=add-all-declined]", (event) => {
			event.currentTarget.disabled = true;
			take_up(frm, facts.declined.map((row) => row.name));
		});
	const list = frm.fields_dict.job_list.$wrapper;
	list.html(String(job_list(doc, facts, frm.dlr_all_jobs)));
	list.off("click.dlr")
		.on("click.dlr", "[data-dlr=all-jobs]", () => {
			frm.dlr_all_jobs = true;
			draw(frm);
		})
		.on("click.dlr", "[data-dlr=job]", (event) => {
			event.preventDefault();
			const number = cint(event.currentTarget.closest("[data-job]").dataset.job);
			const row = doc.jobs.find((job) => job.job_no === number);
			settled(frm, () => on_job(frm, row, event.currentTarget.dataset.do));
		});
}

/** Steps act on what is saved; what is typed and not saved yet is saved first. */
async function settled(frm, run) {
	if (frm.is_dirty()) await frm.save();
	run();
}

const again = (frm) => () => frm.reload_doc();

function on_job(frm, row, what) {
	const { doc, dlr_facts: facts } = frm;
	const done = again(frm);
	const on = { order: doc.name, job_no: row.job_no };
	if (what === "finish") return dialogs.finish(doc, row, done);
	if (what === "work") return dialogs.work(doc, row, done);
	if (what === "answer") return record_answer(doc, facts, [row], done);
	if (what === "revise") return dialogs.revise(doc, row, done);
	if (what === "remove") return remove(frm, row);
	if (what === "withdraw") {
		return dialogs.why(
			__("Take Answer Back: {0}", [row.title]),
			__("Take Back"),
			"dealer_pos_crm.api.repair_order.withdraw_answer",
			on,
			done,
			{ sentence: __("The job waits for an answer again; what followed from the answer is undone.") }
		);
	}
	if (what === "take_back") {
		return dialogs.why(
			__("Not Done After All: {0}", [row.title]),
			__("Take Work Back"),
			"dealer_pos_crm.api.repair_order.take_back_job",
			on,
			done
		);
	}
}

function remove(frm, row) {
	frappe.confirm(__("Remove job {0}, {1}, with its parts?", [row.job_no, row.title]), () =>
		quietly(frm, "dealer_pos_crm.api.repair_order.remove_job", { order: frm.doc.name, job_no: row.job_no })
	);
}

async function quietly(frm, method, args) {
	try {
		await call(method, args);
	} catch (refusal) {
		frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" });
	}
	frm.reload_doc();
}

function take_up(frm, names) {
	settled(frm, () =>
		quietly(frm, "dealer_pos_crm.api.repair_order.take_up", { order: frm.doc.name, declined_services: names })
	);
}

// The one button, and the menu

function pending(doc) {
	return (doc.jobs || []).filter((row) => row.answer === "Pending");
}

function primary(frm) {
	const { page, doc, dlr_facts: facts } = frm;
	if (frm.is_new() || frm.is_dirty()) return; // ERPNext's own Save
	page.clear_primary_action();
	const next = next_step(frm, doc, facts);
	if (next) page.set_primary_action(next.label, next.run);
}

/** What billing brings along: `dealer.service_billing.next_step(frm)` gives {label, run} or nothing. */
function next_step(frm, doc, facts) {
	const edit = facts.may?.edit;
	const done = again(frm);
	if (is_working(doc)) {
		if (!edit) return null;
		const rows = pending(doc);
		if (rows.length) {
			return { label: __("Record Answer"), run: () => record_answer(doc, facts, rows, done) };
		}
		if (!doc.jobs?.length) return { label: __("Recommend Job"), run: () => recommend(doc, done) };
		if (doc.status !== "Ready") {
			const undone = doc.jobs.some((row) => row.answer === "Approved" && !row.done);
			if (doc.parts?.some((row) => row.state === "Ordered") && doc.status === "Waiting Parts") {
				return { label: __("Parts Arrived"), run: () => dialogs.parts(doc, true, done) };
			}
			if (undone && doc.status === "Open") {
				return { label: __("Start Work"), run: () => to_status(frm, "In Progress") };
			}
			if (!undone) return { label: __("Ready"), run: () => to_status(frm, "Ready") };
			return { label: __("Recommend Job"), run: () => recommend(doc, done) };
		}
	}
	return window.dealer?.service_billing?.next_step?.(frm) || null;
}

function to_status(frm, to) {
	return quietly(frm, "dealer_pos_crm.api.repair_order.change_status", { order: frm.doc.name, to });
}

function menu(frm) {
	const { doc, dlr_facts: facts } = frm;
	const done = again(frm);
	const add = (label, run, group) => frm.add_custom_button(label, () => settled(frm, run), group);
	frm.clear_custom_buttons();
	if (facts.may?.edit && is_working(doc)) {
		add(__("Recommend Job"), () => recommend(doc, done));
		add(__("Change Status"), () => dialogs.change_status(doc, facts, done), __("Lane"));
		if (facts.declined?.length) {
			add(
				__("Add Declined Work"),
				() => take_up(frm, facts.declined.map((row) => row.name)),
				__("Lane")
			);
		}
		add(
			__("Cancel Order"),
			() =>
				dialogs.why(__("Cancel {0}", [doc.name]), __("Cancel Order"), "dealer_pos_crm.api.repair_order.cancel", { order: doc.name }, done, {
					danger: true,
					sentence: __("The visit does not happen. It stays on file with the reason."),
				}),
			__("Lane")
		);
	}
	const awaited = doc.parts?.some((row) => row.state === "Ordered");
	if (facts.may?.parts && doc.status !== "Cancelled" && (doc.status === "Closed" ? awaited : doc.parts?.length)) {
		add(__("Where Parts Are"), () => dialogs.parts(doc, false, done), __("Lane"));
	}
	if (facts.may?.reopen && ["Closed", "Cancelled"].includes(doc.status)) {
		add(
			__("Reopen"),
			() => dialogs.why(__("Reopen {0}", [doc.name]), __("Reopen"), "dealer_pos_crm.api.repair_order.reopen", { order: doc.name }, done),
			__("Lane")
		);
	}
	if (facts.may?.edit && doc.status === "Ready" && doc.jobs.every((row) => row.answer !== "Approved")) {
		add(__("Close"), () => dialogs.close(doc, done), __("Lane"));
	}
	window.dealer?.inspection?.menu?.(frm);
	window.dealer?.service_billing?.menu?.(frm);
}

/** Why it is lower is asked where it can be. */
export function mileage_changed(frm) {
	const { mileage_in, mileage_out, mileage_explanation } = frm.doc;
	const leaving = ["Ready", "Invoiced"].includes(frm.doc.status);
	const typed = frm.is_dirty();
	const back = mileage_out && mileage_out < mileage_in;
	frm.toggle_display("mileage_explanation", Boolean(mileage_explanation || leaving || typed || back));
}

// Rows of the grids

export function job_added(frm, doctype, name) {
	const highest = Math.max(frm.doc.last_job_no || 0, ...frm.doc.jobs.map((row) => row.job_no || 0));
	frappe.model.set_value(doctype, name, { job_no: highest + 1, currency: frm.doc.currency });
}

/** An op code brings its hours, its rate and its parts. */
export async function operation_changed(frm, doctype, name) {
	const row = locals[doctype][name];
	if (!row.labor_operation || row.answer !== "Pending" || !frm.doc.company) return;
	const wanted = row.labor_operation;
	const found = await call(
		"dealer_pos_crm.api.repair_order.get_operation",
		{ operation: wanted, company: frm.doc.company, pay_type: row.pay_type },
		GET
	);
	if (row.labor_operation !== wanted) return;
	frappe.model.set_value(doctype, name, {
		title: found.title,
		hours: found.hours,
		rate: found.rate,
	});
	if (frm.doc.parts.some((part) => part.job_no === row.job_no)) return;
	for (const part of found.parts) {
		frm.add_child("parts", { ...part, job_no: row.job_no, state: "In Stock", currency: frm.doc.currency });
	}
	frm.refresh_field("parts");
}

/** A part belongs to the job that is open beside it: the last one that can still change. */
export function row_added(frm, doctype, name) {
	const open = frm.doc.jobs.filter((row) => row.answer === "Pending");
	frappe.model.set_value(doctype, name, {
		job_no: (open.at(-1) || frm.doc.jobs.at(-1))?.job_no || 0,
		currency: frm.doc.currency,
	});
}
