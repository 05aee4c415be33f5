/** The Deposit form. */

import { offer } from "../card/buttons";
import { print } from "../counter/receipts/print";
import { companies, is_dealership, usual_company } from "../desk/dealership";
import { html, fill, intro, link, meet, ours, trusted } from "../desk/html";
import { call } from "../desk/server";
import { money } from "../desk/words";
import { wait_for } from "../vehicle/waiting_list";
import * as actions from "./actions";
import { history } from "./history";
import { held_by_other, overview } from "./overview";
import { listen } from "./requests";
import { take_deposit } from "./take";

const GET = { type: "GET" };

export function setup(frm) {
	ours(frm);
	// Payments, invoices and their trail are made by the deposit's own actions.
	const never = () => false;
	frm.can_make_methods = { "Payment Entry": never, "Sales Invoice": never };
	frm.set_query("company", () => ({ filters: { name: ["in", companies()] } }));
	frm.set_query("vehicle", () => ({
		filters: {
			company: frm.doc.company,
			...(frm.doc.kind === "Part"
				? {}
				: { status: ["in", ["In Recon", "Front-line Ready", "On Hold"]] }),
		},
	}));
	frm.set_query("deal", () => ({
		filters: {
			customer: frm.doc.customer,
			company: frm.doc.company,
			stage: ["not in", ["Delivered", "Funded", "Lost"]],
		},
	}));
	frm.set_query("salesperson", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	$(frm.wrapper).on("dirty", () => primary(frm));
}

export async function refresh(frm) {
	frm.dlr_facts = {};
	frm.set_currency_labels(["amount"], frm.doc.currency);
	if (frm.is_new()) {
		draw(frm);
		primary(frm);
		await start(frm);
		return;
	}
	skeleton(frm);
	primary(frm);
	await load(frm);
}

/** One call for all that the form shows besides its fields. */
async function load(frm) {
	const name = frm.doc.name;
	let facts;
	try {
		facts = await call("dealer_pos_crm.api.deposit.get_overview", { deposit: name }, GET);
	} catch (refusal) {
		frm.fields_dict.overview.$wrapper.html(
			String(
				html`<div class="dlr-note dlr-note-red"><div>${trusted(
					refusal.message
				)}</div></div>`
			)
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
	if (!wrapper.find(".dlr-overview").length || wrapper.data("deposit") !== frm.doc.name) {
		wrapper.html(`<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>`);
	}
	wrapper.data("deposit", frm.doc.name);
}

function draw(frm) {
	const { doc, dlr_facts: facts } = frm;
	const top = frm.fields_dict.overview.$wrapper;
	if (frm.is_new()) {
		const warning = held_by_other(doc, facts);
		top.html(String(html`<div class="dlr-overview">${warning}</div>`));
		frm.toggle_display("overview", Boolean(warning));
	} else {
		frm.toggle_display("overview", true);
		top.html(String(overview(doc, facts)));
		frm.fields_dict.history.$wrapper.html(String(history(doc, facts)));
		frm.fields_dict.history.$wrapper
			.off("click.dlr")
			.on("click.dlr", "[data-dlr=all-movements]", (event) => {
				event.preventDefault();
				frappe.set_route("List", "Deposit Movement", { deposit: doc.name });
			});
		listen(top, facts.requests || [], doc.customer_name, () => frm.reload_doc());
	}
	top.off("click.dlr").on("click.dlr", "[data-dlr=wait]", (event) => {
		if (!doc.customer) {
			frappe.show_alert({ message: __("Choose the customer first"), indicator: "orange" });
			frm.scroll_to_field("customer");
			return;
		}
		event.currentTarget.disabled = true;
		wait_for({
			vehicle: doc.vehicle,
			customer: doc.customer,
			customer_name: doc.customer_name,
		}).catch((refusal) => {
			event.currentTarget.disabled = false;
			frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" });
		});
	});
}

// The one button, and the menu

function may_take(frm) {
	if (frm.is_new()) return frappe.model.can_submit("Payment Entry");
	return (frm.dlr_facts.actions || []).includes("Take");
}

function primary(frm) {
	const page = frm.page;
	if (frm.doc.status === "Draft") {
		if (!may_take(frm)) return;
		page.set_primary_action(__("Take Deposit"), () => take(frm));
		if (frm.is_dirty() || frm.is_new()) {
			page.set_secondary_action(__("Save Draft"), () => frm.save());
		}
		return;
	}
	if (frm.is_dirty()) return; // ERPNext's own Save
	page.clear_primary_action();
	if (can_apply(frm)) {
		page.set_primary_action(__("Apply to Invoice"), () => run(frm, actions.apply));
	}
}

function can_apply(frm) {
	const facts = frm.dlr_facts;
	return (facts.actions || []).includes("Apply") && Boolean(facts.invoices?.length);
}

function menu(frm) {
	const group = __("Actions");
	const rows = [
		["Refund", __("Refund"), actions.refund],
		["Move", __("Move to Another Vehicle"), actions.move],
		["Extend Hold", __("Extend Hold"), actions.extend],
		["Forfeit", __("Forfeit"), actions.forfeit],
		["Cancel", __("Cancel Payment"), actions.cancel_payment],
	];
	if (frm.doc.status === "Draft") offer(frm, { before: () => saved(frm) });
	const waiting = new Set((frm.dlr_facts.requests || []).map((row) => row.action));
	for (const [action, label, open] of rows) {
		if ((frm.dlr_facts.actions || []).includes(action) && !waiting.has(action)) {
			frm.add_custom_button(label, () => run(frm, open), group);
		}
	}
}

async function saved(frm) {
	if (frm.is_new() || frm.is_dirty()) await frm.save();
	return !frm.is_new() && !frm.is_dirty();
}

async function take(frm) {
	if (frm.dlr_taking || frm.dlr_dialog?.is_visible) return;
	frm.dlr_taking = true;
	try {
		if (!(await saved(frm))) return;
		if (!frm.dlr_facts.modes) await load(frm);
		if (!may_take(frm)) return;
		frm.dlr_dialog = take_deposit(frm.doc, frm.dlr_facts, (answer) => taken(frm, answer));
	} finally {
		frm.dlr_taking = false;
	}
}

async function run(frm, open) {
	if (frm.dlr_dialog?.is_visible || !(await saved(frm))) return;
	frm.dlr_dialog = open(frm.doc, frm.dlr_facts, (answer) => acted(frm, answer));
}

function taken(frm, answer) {
	frm.reload_doc();
	if (answer.repeated) {
		frappe.show_alert({
			message: __("This deposit was already taken; nothing was taken twice"),
			indicator: "blue",
		});
	}
	const dialog = new frappe.ui.Dialog({
		title: __("Deposit Taken"),
		indicator: "green",
		size: "small",
		primary_action_label: __("Print Receipt"),
		primary_action: () => {
			dialog.hide();
			print({ doctype: "Deposit", name: frm.doc.name });
		},
		secondary_action_label: __("Done"),
		secondary_action: () => dialog.hide(),
	});
	dialog.$body.html(
		String(html`<p class="dlr-done">
			${__("{0} is held for {1}.", [money(frm.doc.amount, frm.doc.currency), frm.doc.customer_name])}
		</p>`)
	);
	dialog.show();
	dialog.$wrapper.on("shown.bs.modal", () => dialog.get_primary_btn().trigger("focus"));
}

function acted(frm, answer) {
	frm.reload_doc();
	if (answer.status === "Requested") {
		frappe.show_alert(
			{
				message: __("A manager was asked"),
				subtitle: answer.approval_reason,
				indicator: "orange",
			},
			7
		);
		return;
	}
	frappe.show_alert({
		message: __("Done. The deposit is {0}", [__(answer.deposit_status)]),
		indicator: "green",
	});
}

// A new deposit

/** Company, terms and hold of a new deposit: what the dealership has settled. */
async function start(frm) {
	const company = usual_company(frm.doc.company);
	if (!companies().length) {
		intro(
			frm,
			fill(
				__("No company is set up as a dealership. Create its Dealer Settings first: {0}"),
				[link("Dealer Settings", "new", __("New Dealer Settings"))]
			),
			"orange"
		);
		return;
	}
	if (company !== frm.doc.company) await frm.set_value("company", company);
	await company_changed(frm);
}

function fetch_defaults(frm, refundable) {
	return call(
		"dealer_pos_crm.api.deposit.defaults",
		{ company: frm.doc.company, vehicle: frm.doc.vehicle, refundable },
		GET
	);
}

export async function company_changed(frm) {
	if (frm.doc.status !== "Draft" || !is_dealership(frm.doc.company) || !frm.doc.company) return;
	const fresh = frm.is_new() && frm.dlr_texts_of !== frm.doc.name;
	const found = await fetch_defaults(frm, fresh ? null : frm.doc.refundable);
	frm.dlr_defaults = found;
	frm.dlr_texts_of = frm.doc.name;
	frm.doc.currency = found.currency;
	frm.set_currency_labels(["amount"], found.currency);
	frm.refresh_field("amount");
	if (fresh && found.refundable !== frm.doc.refundable)
		await frm.set_value("refundable", found.refundable);
	else await put_terms(frm);
	await put_hold(frm);
	frm.dlr_facts = { ...frm.dlr_facts, vehicle: found.vehicle };
	if (frm.is_new()) draw(frm);
}

/** The text that goes with the choice, unless somebody wrote another. */
export async function put_terms(frm) {
	if (frm.doc.status !== "Draft") return;
	const texts = (
		frm.dlr_defaults || (frm.dlr_defaults = await fetch_defaults(frm, frm.doc.refundable))
	).texts;
	const now = (frm.doc.terms || "").trim();
	const untouched = !now || Object.values(texts).some((text) => text.trim() === now);
	if (untouched) await frm.set_value("terms", texts[frm.doc.refundable]);
}

async function put_hold(frm) {
	const usual = frm.dlr_defaults?.hold_until;
	if (frm.doc.vehicle && !frm.doc.hold_until && usual) {
		frm.dlr_hold = usual;
		await frm.set_value("hold_until", usual);
	} else if (frm.doc.vehicle && !usual && frm.doc.hold_until === frm.dlr_hold) {
		await frm.set_value("hold_until", null); // put there for another vehicle; nobody can hold this one
	}
}

/** Who holds the vehicle is said before the money is on the counter. */
export async function vehicle_changed(frm) {
	if (frm.doc.status !== "Draft" || !frm.doc.company) return;
	if (!frm.doc.vehicle) {
		frm.dlr_facts = { ...frm.dlr_facts, vehicle: null };
		draw(frm);
		return;
	}
	const vehicle = frm.doc.vehicle;
	const found = await fetch_defaults(frm, frm.doc.refundable);
	if (frm.doc.vehicle !== vehicle) return;
	frm.dlr_defaults = found;
	await put_hold(frm);
	frm.dlr_facts = { ...frm.dlr_facts, vehicle: found.vehicle };
	draw(frm);
}
