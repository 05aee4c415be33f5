/** The Deal form: the way on top, one thing to do next, the rest in the menu. Parts of others draw
 *  themselves into their fields: dealer_pos_crm.deal.<part>(frm, facts). */

import { companies } from "../desk/dealership";
import { html, meet, ours, trusted } from "../desk/html";
import { call } from "../desk/server";
import * as actions from "./actions";
import { lose } from "./lose";
import { begin } from "./open";
import { history, overview } from "./overview";
import { is_working, PATH, OWN_STEP } from "./status";

const GET = { type: "GET" };
frappe.provide("dealer_pos_crm.deal");

export function setup(frm) {
	ours(frm);
	frm.can_make_methods = new Proxy({}, { get: () => () => false }); // each begins with its own dialog
	frm.set_query("company", () => ({ filters: { name: ["in", companies()] } }));
	for (const field of ["customer", "co_buyer"]) {
		frm.set_query(field, () => ({ filters: { disabled: 0 } }));
	}
	frm.set_query("vehicle", () => ({
		filters: {
			company: frm.doc.company,
			status: ["in", ["In Recon", "Front-line Ready", "On Hold"]],
		},
	}));
	frm.set_query("lender", () => ({ filters: { enabled: 1 } }));
	for (const field of ["salesperson", "second_salesperson", "fni_manager", "sales_manager"]) {
		frm.set_query(field, () => ({ filters: { enabled: 1, user_type: "System User" } }));
	}
	$(frm.wrapper).on("dirty", () => primary(frm));
}

export async function refresh(frm) {
	frm.dlr_facts = {};
	if (frm.is_new()) {
		frm.toggle_display("overview", false);
		start(frm);
		return;
	}
	frm.toggle_display("overview", true);
	frm.toggle_display(["customer_name", "vehicle_title", "stage", "stage_since"], false);
	for (const field of ["total_due", "trade_equity", "deposits_held", "paid_amount", "financed_amount", "balance"]) {
		frm.toggle_display(field, false); // said at the top already
	}
	const signed = PATH.indexOf(frm.doc.stage) >= PATH.indexOf("Contracted") || frm.doc.stage === "Lost";
	for (const field of ["customer", "co_buyer", "vehicle", "deal_type", "condition"]) {
		frm.set_df_property(field, "read_only", signed ? 1 : 0);
	}
	frm.set_df_property("company", "read_only", 1);
	skeleton(frm);
	primary(frm);
	await load(frm);
}

/** A new deal begins with its dialog; the bare form is there for whoever closes it. */
function start(frm) {
	if (frm.dlr_begun === frm.doc.name || !companies().length) return;
	frm.dlr_begun = frm.doc.name;
	const { customer, vehicle, company, lead, name } = frm.doc;
	begin({ customer, vehicle, company, lead }, (deal) => {
		frappe.model.clear_doc("Deal Jacket", name);
		frappe.set_route("Form", "Deal Jacket", deal);
	});
}

async function load(frm) {
	const { name } = frm.doc;
	let facts;
	try {
		facts = await call("dealer_pos_crm.api.deal.get_overview", { deal: name }, GET);
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
	for (const part of Object.values(dealer_pos_crm.deal)) {
		if (typeof part === "function") part(frm, facts);
	}
}

function skeleton(frm) {
	const wrapper = frm.fields_dict.overview.$wrapper;
	if (!wrapper.find(".dlr-overview").length || wrapper.data("deal") !== frm.doc.name) {
		wrapper.html(`<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>`);
	}
	wrapper.data("deal", frm.doc.name);
}

function draw(frm) {
	const { doc, dlr_facts: facts } = frm;
	const top = frm.fields_dict.overview.$wrapper;
	top.html(String(overview(doc, facts)));
	top.off("click.dlr").on("click.dlr", "[data-dlr=remedy]", (event) => {
		if (event.target.closest("a[href^='/']")) return; // a link of its own
		event.preventDefault();
		remedy(frm, event.currentTarget.dataset.code);
	});
	frm.fields_dict.history.$wrapper.html(String(history(facts)));
}

/** Where what is missing is put right. */
function remedy(frm, code) {
	if (code === "no_deposit") return actions.take_deposit(frm.doc);
	const [field, tab] = {
		no_vehicle: ["vehicle"],
		vehicle_taken: ["vehicle"],
		no_deal_type: ["deal_type"],
		no_lender: ["lender", "contract_tab"],
		no_scenario: ["worksheet"],
		no_approval: ["worksheet"],
		paper: ["checklist", "documents_tab"],
	}[code] || ["overview"];
	if (tab) frm.layout.tabs?.find((row) => row.df.fieldname === tab)?.set_active();
	frm.scroll_to_field(field);
}

const again = (frm) => () => frm.reload_doc();

/** Steps act on what is saved; what is typed and not saved yet is saved first. */
async function settled(frm, run) {
	if (frm.is_dirty()) await frm.save();
	return run();
}

function refused(refusal) {
	frappe.msgprint({
		title: refusal.title || __("Not possible"),
		indicator: "orange",
		message: String(trusted(refusal.message)),
	});
}

/** The one thing to do next. While something is typed, that is saving it. */
function primary(frm) {
	if (frm.is_new() || frm.is_dirty()) return;
	const { doc, dlr_facts: facts } = frm;
	if (!facts.may?.move || !facts.next) return;
	if (OWN_STEP.includes(facts.next)) return; // delivery and funding bring their own
	if (facts.missing.length) {
		const [first] = facts.missing;
		if (first.code === "no_deposit" && facts.may.take_deposit) {
			frm.page.set_primary_action(__("Take Deposit"), () => actions.take_deposit(doc));
		}
		return;
	}
	const label = facts.next === "Contracted" ? __("Contract Signed") : __("On to {0}", [__(facts.next)]);
	frm.page.set_primary_action(label, () =>
		settled(frm, () => actions.move(doc, facts.next, again(frm)).catch(refused))
	);
}

function menu(frm) {
	const { doc, dlr_facts: facts } = frm;
	const { may } = facts;
	const done = again(frm);
	const add = (label, run, group) => frm.add_custom_button(label, () => settled(frm, run), group);
	if (may.take_deposit) add(__("Take Deposit"), () => actions.take_deposit(doc));
	if (may.move) {
		for (const stage of PATH) {
			if (stage === doc.stage || OWN_STEP.includes(stage)) continue;
			const contract = doc.stage === "Contracted";
			if (contract && !may.take_back) continue;
			add(
				__(stage),
				() => Promise.resolve(actions.move(doc, stage, done, { contract })).catch(refused),
				__("Move To")
			);
		}
	}
	if (may.edit && is_working(doc) && doc.vehicle) {
		if (!facts.hold || facts.hold.ours) {
			add(__("Hold for This Deal"), () => actions.hold(doc, done), __("Vehicle"));
		}
		if (facts.hold?.by_deal) {
			add(__("Release the Vehicle"), () => actions.let_go(doc, done), __("Vehicle"));
		}
	}
	if (may.change_vehicle && doc.vehicle) {
		add(__("Change Vehicle"), () => actions.change_vehicle(doc, done), __("Vehicle"));
	}
	if (may.lose) add(__("Lost…"), () => lose(doc, done), __("Move To"));
	if (may.reopen) {
		frm.page.set_primary_action(__("Open Again"), () => actions.reopen(doc, done));
	}
}
