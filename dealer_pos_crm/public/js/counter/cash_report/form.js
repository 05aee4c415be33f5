/** The Cash Report form: the answer on top, who pays below, and the decision by one button. */

import { ask } from "../../desk/ask";
import { fill, html, intro, ours, trusted } from "../../desk/html";
import { no_reason, reason_field } from "../../desk/reason";
import { call } from "../../desk/server";
import { money } from "../../desk/words";
import { is_open, overview } from "./overview";
import { enter } from "./payer";

const API = "dealer_pos_crm.api.cash_report.";

export function setup(frm) {
	ours(frm);
	frm.set_query("responsible", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	$(frm.wrapper).on("dirty", () => frm.dlr_facts && primary(frm));
}

export async function refresh(frm) {
	intro(frm, "");
	frm.dlr_facts = null;
	if (frm.is_new()) {
		frm.disable_save();
		intro(frm, __("Cash reports are opened by the payments, or by Record Payer on a customer."), "blue");
		return;
	}
	const grid = frm.fields_dict.payments.grid;
	grid.cannot_add_rows = true;
	grid.cannot_delete_rows = true;
	grid.refresh();
	const name = frm.doc.name;
	const area = frm.fields_dict.overview.$wrapper;
	if (area.data("report") !== name) area.html('<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>');
	area.data("report", name);
	let facts;
	try {
		facts = await call(`${API}get_overview`, { report: name }, { type: "GET" });
	} catch (refusal) {
		area.html(String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`));
		return;
	}
	if (frm.doc.name !== name) return;
	frm.dlr_facts = facts;
	area.html(String(overview(frm.doc, facts)));
	area.off("click.dlr").on("click.dlr", "[data-dlr=related],[data-dlr=unrelated]", ({ currentTarget }) => {
		const { dlr, doctype, name: document } = currentTarget.dataset;
		relate(frm, doctype, document, dlr === "related");
	});
	if (!is_open(frm.doc)) frm.disable_form();
	primary(frm);
	menu(frm);
}

function primary(frm) {
	const { doc, dlr_facts: facts } = frm;
	if (frm.is_dirty()) {
		frm.page.set_primary_action(__("Save"), () => frm.save());
		return;
	}
	frm.page.clear_primary_action();
	if (!is_open(doc)) return;
	if (facts.missing.length) frm.page.set_primary_action(__("Record Payer"), () => record(frm));
	else if (doc.status === "To File" && facts.may) frm.page.set_primary_action(__("Filed"), () => file(frm));
}

function menu(frm) {
	const { doc, dlr_facts: facts } = frm;
	if (is_open(doc) && !facts.missing.length) frm.add_custom_button(__("Record Payer"), () => record(frm));
	if (!facts.may) return;
	frm.add_custom_button(__("Summary"), () => summary(frm));
	if (is_open(doc)) {
		if (facts.missing.length && doc.status === "To File") {
			frm.add_custom_button(__("Filed"), () => file(frm), __("Decide"));
		}
		frm.add_custom_button(__("Not Required"), () => not_required(frm), __("Decide"));
		frm.add_custom_button(__("Suspicious"), () => suspicious(frm), __("Decide"));
	}
	if (doc.status === "Not Required") frm.add_custom_button(__("Open Again"), () => reopen(frm));
}

async function record(frm) {
	if (frm.is_dirty()) await frm.save();
	await enter(frm.doc);
	await frm.reload_doc();
}

function summary(frm) {
	const address = new URLSearchParams({ report: frm.doc.name });
	window.open(`/api/method/${API}get_summary?${address}`, "_blank", "noopener");
}

function decide(frm, method, opts) {
	return ask({
		...opts,
		submit: (values) => call(API + method, { report: frm.doc.name, ...(opts.args?.(values) || values) }),
		done: () => frm.reload_doc(),
	});
}

function file(frm) {
	const { doc, dlr_facts: facts } = frm;
	decide(frm, "file", {
		title: __("Filed"),
		fields: [
			{ fieldtype: "Date", fieldname: "filed_on", label: __("Filed On"), reqd: 1, default: frappe.datetime.get_today() },
			{
				fieldtype: "Select",
				fieldname: "how",
				label: __("How"),
				options: ["BSA E-Filing", "Paper"],
				default: "BSA E-Filing",
				reqd: 1,
			},
			{
				fieldtype: "Data",
				fieldname: "confirmation_no",
				label: __("Confirmation Number"),
				description: __("The BSA identifier of the acknowledgement; of paper, the number of the mail"),
			},
			{
				fieldtype: "Small Text",
				fieldname: "comment",
				label: __("Comment"),
				description: __("Why something is missing, as the form's comments say"),
				max_height: "60px",
			},
		],
		label: __("Filed"),
		missing: (values) => {
			if (values.how === "BSA E-Filing" && !values.confirmation_no) return __("Enter the BSA identifier.");
			if (facts.missing.length && !values.comment) {
				return __("Missing: {0}. Say in the comment why.", [facts.missing.join(", ")]);
			}
			return null;
		},
		sentence: () =>
			html`${fill(__("{0} is closed over {1} and kept for five years."), [
				html`<b>${doc.name}</b>`,
				html`<b>${money(facts.amount, facts.currency)}</b>`,
			])}
			${doc.due_on && facts.over ? html`<div class="dlr-small">${__("The payer is told in writing by 31 January.")}</div>` : ""}`,
	});
}

function not_required(frm) {
	decide(frm, "not_required", {
		title: __("No report is required"),
		fields: [reason_field({ description: __("Kept for five years, as a report would be") })],
		label: __("Not Required"),
		missing: no_reason,
	});
}

function reopen(frm) {
	decide(frm, "reopen", {
		title: __("Open it again"),
		fields: [reason_field()],
		label: __("Open Again"),
		missing: no_reason,
	});
}

function suspicious(frm) {
	volunteer(frm.doc, async (report) => {
		if (report !== frm.doc.name) frappe.set_route("Form", "Cash Report", report);
		else await frm.reload_doc();
	});
}

/** A report of one's own accord. Accountants and managers only. */
export function volunteer({ customer, company }, done) {
	ask({
		title: __("It looks suspicious"),
		fields: [reason_field({ label: __("What Looks Suspicious") })],
		label: __("Open Report"),
		missing: no_reason,
		sentence: () =>
			__("Box 1b is ticked and the report can be filed below the limit, too. Tell neither the payer nor the counter."),
		submit: ({ reason }) => call(`${API}volunteer`, { customer, company, reason }),
		done: ({ report }) => (done ? done(report) : frappe.set_route("Form", "Cash Report", report)),
	});
}

function relate(frm, doctype, name, related) {
	ask({
		title: related ? __("It belongs to this report") : __("It does not belong to this report"),
		fields: [reason_field()],
		label: related ? __("Related") : __("Not Related"),
		missing: no_reason,
		sentence: () =>
			related
				? fill(__("{0} is counted together with these payments."), [html`<b>${name}</b>`])
				: fill(__("{0} stays apart. Within 24 hours the law counts it all the same."), [html`<b>${name}</b>`]),
		submit: (values) =>
			call(`${API}relate`, {
				report: frm.doc.name,
				doctype,
				name,
				related: related ? 1 : 0,
				reason: values.reason,
			}),
		done: () => frm.reload_doc(),
	});
}
