/** A Lead in a dealership: the clock, who it may be, which car, and the ways on. */

import { ask } from "../desk/ask";
import { is_dealership } from "../desk/dealership";
import { ours } from "../desk/html";
import { call } from "../desk/server";
import { show } from "./panel";

const HASH = "#dealership";

export function setup(frm) {
	ours(frm);
	frm.set_query("dealer_vehicle", () => ({
		filters: { status: ["in", ["In Recon", "Front-line Ready", "On Hold"]] },
	}));
	frm.set_query("dealer_lost_reason", () => ({ filters: { enabled: 1 } }));
}

export function refresh(frm) {
	const tab = frm.layout.tabs.find((found) => found.df.fieldname === "dealer_tab");
	if (!tab) return;
	const applies = frm.is_new() ? is_dealership() : is_dealership(frm.doc.company || "-");
	tab.df.hidden = applies ? 0 : 1;
	tab.refresh();
	if (!applies || frm.is_new()) return;
	if (frm.dlr_lead !== frm.doc.name) {
		frm.dlr_lead = frm.doc.name;
		if (!window.location.hash || window.location.hash === HASH) tab.set_active();
	}
	dealer.lead.response?.(frm);
	show(frm);
	buttons(frm);
}

function buttons(frm) {
	const { doc } = frm;
	if (!frm.perm[0]?.write) return;
	const menu = __("Lead");
	const alive = ["New", "Answered"].includes(doc.dealer_state);
	if (alive && frappe.model.can_create("Deal Jacket")) {
		const button = frm.add_custom_button(__("Convert to Deal"), () => to_deal(frm));
		// While somebody waits, the answer comes first: its button stands beside the clock.
		if (!doc.dealer_waiting_since) button.addClass("btn-primary");
	}
	if (doc.dealer_state === "Lost") {
		frm.add_custom_button(__("Open Again"), () => reopen(frm)).addClass("btn-primary");
	}
	if (!alive) return;
	if (frappe.model.can_create("Customer")) {
		frm.add_custom_button(__("Make Customer"), () => make_customer(frm), menu);
	}
	frm.add_custom_button(__("Lost"), () => lose(frm), menu);
}

/** A change by ours: without a question about what is still unsaved. */
export async function after(frm, answer) {
	await answer;
	await frm.reload_doc();
}

function unsaved(frm) {
	if (!frm.is_dirty()) return false;
	frappe.show_alert({ message: __("Save the lead first."), indicator: "orange" });
	return true;
}

function to_deal(frm) {
	if (unsaved(frm)) return;
	const { doc } = frm;
	if (doc.dealer_match === "To Check") return look_first(frm);
	dealer.deal.begin({
		lead: doc.name,
		customer: doc.dealer_customer,
		vehicle: doc.dealer_vehicle,
		company: doc.company,
	});
}

/** Whether it is a customer on file comes before a new one is made. */
function look_first(frm) {
	frm.scroll_to_field("dealer_panel");
	frappe.show_alert({
		message: __("This may be a customer on file. Decide below, then go on."),
		indicator: "orange",
	});
}

function make_customer(frm) {
	if (unsaved(frm)) return;
	if (frm.doc.dealer_match === "To Check") return look_first(frm);
	ask({
		title: __("Make Customer"),
		fields: [],
		label: frm.doc.dealer_customer ? __("Use This Customer") : __("Make Customer"),
		sentence: () =>
			frm.doc.dealer_customer
				? __("{0} is {1}. What happened with the lead stands on their timeline.", [
						frm.doc.lead_name,
						frm.doc.dealer_customer,
				  ])
				: __("{0} becomes a customer, with contact and address.", [frm.doc.lead_name]),
		submit: () => call("dealer_pos_crm.api.lead.convert", { lead: frm.doc.name }),
		done: () => frm.reload_doc(),
	});
}

function lose(frm) {
	if (unsaved(frm)) return;
	let needs = {};
	frappe.db
		.get_list("Deal Lost Reason", {
			filters: { enabled: 1 },
			fields: ["name", "needs_note"],
			order_by: "name",
			limit: 0,
		})
		.then((rows) => (needs = Object.fromEntries(rows.map((row) => [row.name, row.needs_note]))));
	ask({
		title: __("Lead Lost"),
		fields: [
			{
				fieldtype: "Link",
				fieldname: "reason",
				options: "Deal Lost Reason",
				label: __("Why"),
				reqd: 1,
				get_query: () => ({ filters: { enabled: 1 } }),
			},
			{ fieldtype: "Small Text", fieldname: "note", label: __("Note") },
		],
		label: __("Lost"),
		danger: true,
		missing: ({ reason, note }) =>
			reason && needs[reason] && !note ? __("Say in a few words what happened.") : null,
		sentence: ({ reason }) =>
			reason ? __("The clock stops and the lead's follow-ups end. It can be opened again.") : "",
		submit: ({ reason, note }) =>
			call("dealer_pos_crm.api.lead.lose", { lead: frm.doc.name, reason, note }),
		done: () => frm.reload_doc(),
	});
}

async function reopen(frm) {
	if (unsaved(frm)) return;
	try {
		await after(frm, call("dealer_pos_crm.api.lead.reopen", { lead: frm.doc.name }));
	} catch (refusal) {
		frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" });
	}
}
