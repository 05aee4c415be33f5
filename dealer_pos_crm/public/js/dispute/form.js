/** The Dispute Case form: evidence gathered, staged, and submitted by a second, explicit step. */

import { ask } from "../desk/ask";
import { fill, html, intro, meet, ours, trusted } from "../desk/html";
import { call } from "../desk/server";
import { exact, money } from "../desk/words";
import { overview } from "./overview";

const API = "dealer_pos_crm.api.dispute.";

export function setup(frm) {
	ours(frm);
	frm.set_query("other_charge", () => ({
		filters: { customer: frm.doc.customer, name: ["!=", frm.doc.card_payment], status: "Captured" },
	}));
	frm.set_query("assigned_to", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	$(frm.wrapper).on("dirty", () => primary(frm));
}

export async function refresh(frm) {
	intro(frm, "");
	frm.dlr_facts = null;
	if (frm.is_new()) {
		frm.disable_save();
		intro(frm, __("Dispute cases are opened by the card provider's message."), "blue");
		return;
	}
	const name = frm.doc.name;
	const area = frm.fields_dict.overview.$wrapper;
	if (area.data("case") !== name) area.html('<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>');
	area.data("case", name);
	let facts;
	try {
		facts = await call(`${API}get_overview`, { case: name }, { type: "GET" });
	} catch (refusal) {
		area.html(String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`));
		return;
	}
	if (frm.doc.name !== name) return;
	show(frm, facts);
}

function show(frm, facts) {
	meet(facts.people);
	frm.dlr_facts = facts;
	const area = frm.fields_dict.overview.$wrapper;
	area.html(String(overview(frm.doc, facts)));
	area.off("click.dlr").on("click.dlr", "[data-dlr=book]", (event) => {
		event.currentTarget.disabled = true;
		work(frm, "book_again", __("Booking…"));
	});
	freeze_fields(frm, facts);
	primary(frm);
	menu(frm);
}

/** After the answer is sent, or where one may not write, the evidence is there to be read. */
function freeze_fields(frm, facts) {
	const open = facts.may && ["Open", "Evidence Staged"].includes(frm.doc.status);
	for (const field of [
		"rebuttal",
		"product_description",
		"refund_policy_disclosure",
		"refund_refusal",
		"other_charge",
		"further_facts",
		"service_date",
		"delivered_on",
		"customer_name_evidence",
		"customer_email",
		"billing_address",
		"purchase_ip",
		"access_log",
	]) {
		frm.set_df_property(field, "read_only", open ? 0 : 1);
	}
	frm.toggle_display("refund_refusal", frm.doc.reason_code !== "credit_not_processed" || Boolean(frm.doc.refund_refusal));
}

function primary(frm) {
	const facts = frm.dlr_facts;
	if (!facts) return;
	if (frm.is_dirty()) {
		frm.page.set_primary_action(__("Save"), () => frm.save());
		return;
	}
	frm.page.clear_primary_action();
	if (!facts.may || !facts.next) return;
	const steps = {
		pack: [__("Make Evidence Pack"), () => make_pack(frm)],
		stage: [__("Stage Evidence"), () => work(frm, "stage", __("Staging…"))],
		submit: [__("Submit to Bank"), () => submit(frm)],
	};
	if (facts.problem) {
		if (facts.next === "pack") frm.page.set_primary_action(...steps.pack);
		return;
	}
	frm.page.set_primary_action(...steps[facts.next]);
}

function menu(frm) {
	const facts = frm.dlr_facts;
	if (!facts.may) return;
	const group = __("Evidence");
	if (facts.next) {
		frm.add_custom_button(__("Fill In From Documents"), () => fill_in(frm), group);
		frm.add_custom_button(__("Make Evidence Pack"), () => make_pack(frm), group);
		if (facts.pack) frm.add_custom_button(__("Stage Evidence"), () => work(frm, "stage", __("Staging…")), group);
	}
	frm.add_custom_button(__("Read Again"), () => work(frm, "read_again", __("Asking the provider…")));
}

async function saved(frm) {
	if (frm.is_dirty()) await frm.save();
}

/** One call that the person waits for; what it refuses is said in a box, and the form shows how things stand. */
async function work(frm, method, words, args = {}) {
	await saved(frm);
	frappe.dom.freeze(words);
	let answer;
	try {
		answer = await call(API + method, { case: frm.doc.name, ...args });
	} catch (refusal) {
		frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" });
	} finally {
		frappe.dom.unfreeze();
	}
	await frm.reload_doc();
	return answer;
}

async function fill_in(frm) {
	const filled = await work(frm, "fill_in", __("Reading the documents…"));
	if (!filled) return;
	frappe.show_alert(
		filled.length
			? __("{0} fields were filled in. What you wrote is as it was.", [filled.length])
			: __("The documents have nothing more to fill in.")
	);
}

async function make_pack(frm) {
	await saved(frm);
	const count = frm.dlr_facts.sensitive;
	if (!count) return pack_made(await work(frm, "make_pack", __("Putting the papers together…")));
	ask({
		title: __("Make the evidence pack"),
		fields: [
			{
				fieldtype: "Check",
				fieldname: "with_sensitive",
				label: __("With the {0} sensitive papers of the deal", [count]),
				description: __("Licence, credit application and the like: only if the bank needs them."),
			},
		],
		label: __("Make Evidence Pack"),
		working: __("Putting the papers together…"),
		submit: (values) =>
			call(`${API}make_pack`, { case: frm.doc.name, with_sensitive: values.with_sensitive ? 1 : 0 }),
		done: async (answer) => {
			await frm.reload_doc();
			pack_made(answer);
		},
	});
}

function pack_made(answer) {
	if (!answer) return;
	frappe.show_alert({
		message: answer.left_out.length
			? __("{0} pages. {1} papers are not in it; the form says why.", [answer.pages, answer.left_out.length])
			: __("{0} pages, everything in it.", [answer.pages]),
		indicator: answer.left_out.length ? "orange" : "green",
	});
}

function submit(frm) {
	const { doc, dlr_facts: facts } = frm;
	const missing = facts.proofs.filter((row) => !row.there).map((row) => row.title);
	ask({
		title: __("Submit to the bank"),
		fields: [
			{
				fieldtype: "Check",
				fieldname: "read",
				label: __("I have read what is staged"),
			},
		],
		label: __("Submit"),
		working: __("Submitting…"),
		danger: true,
		missing: (values) => (values.read ? null : __("Tick that you have read it.")),
		sentence: () => html`
			${fill(__("The answer to {0} of {1} goes to the bank. This is usually final: nothing can be added or taken back."), [
				html`<b>${doc.name}</b>`,
				html`<b>${money(doc.amount, doc.currency)}</b>`,
			])}
			${missing.length ? html`<div class="dlr-orange">${__("Still missing: {0}", [missing.join(", ")])}</div>` : ""}
			<div class="dlr-small">${fill(__("It could wait until {0}."), [exact(doc.due_by)])}</div>`,
		submit: () => call(`${API}submit`, { case: doc.name }),
		done: () => frm.reload_doc(),
	});
}
