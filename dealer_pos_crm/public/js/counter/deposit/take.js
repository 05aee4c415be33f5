/** Take Deposit at the counter: what for, how much, how it is paid; made and taken in one step. */

import { ask } from "../../desk/ask";
import { fill, html, trusted } from "../../desk/html";
import { call, new_key } from "../../desk/server";
import { memory } from "../../desk/kept";
import { exact, money } from "../../desk/words";
import { Tenders } from "../../deposit/tenders";
import { remedies } from "../cash_report/payer";
import { context } from "../pos/context";
import { register } from "../pos/registry";
import { what_became } from "../sent";
import * as strip from "../strip/strip";
import { taken } from "./done";

const API = "dealer_pos_crm.api.counter_deposit.";
const GET = { type: "GET" };
const { keep, kept, forget } = memory("dealer_counter_deposit");
const find = (client_key) => call(API + "find", { client_key }, GET);
const VEHICLE = "Dealer Vehicle|";
const PART = "Part|";

export function setup() {
	register({
		id: "deposit",
		label: __("Take Deposit"),
		short: __("Deposit"),
		shortcut: "F8",
		primary: true,
		needs_customer: true,
		order: 20,
		condition: () => frappe.model.can_create("Deposit") && frappe.model.can_submit("Payment Entry"),
		action: () => open(),
	});
}

/**
 * @param {object} [asked]
 * @param {string} [asked.customer] else of the sale on the screen
 * @param {string} [asked.company]
 * @param {string} [asked.deposit] a draft whose money is to be taken
 * @param {(state: object) => void} [asked.done]
 */
export async function open(asked = {}) {
	const opts = { ...context(), ...asked };
	try {
		if (opts.deposit) return draft(opts, await call(API + "get", only(opts, "deposit", "pos_profile"), GET));
		const before = kept(opts.customer);
		const state = before ? await what_became(before, find) : null;
		forget(opts.customer);
		if (state?.taken) return finished(opts, state, true);
		if (state) return open({ ...asked, deposit: state.name });
		return compose(opts, await call(API + "start", only(opts, "customer", "company", "pos_profile"), GET));
	} catch (refusal) {
		if (!refusal?.message) throw refusal;
		frappe.msgprint({
			title: refusal.title || __("Not possible"),
			indicator: "orange",
			message: String(trusted(refusal.message)),
		});
	}
}

const only = (from, ...names) => Object.fromEntries(names.map((name) => [name, from[name]]));

function compose(opts, facts) {
	const choices = what_for(facts);
	let tenders = null;
	const amount_of = (values) => flt(values.amount, 6);
	const dialog = ask({
		title: __("Take Deposit"),
		fields: [
			{
				fieldtype: "Select",
				fieldname: "subject",
				label: __("For"),
				options: choices,
				default: choices[0].value,
				reqd: 1,
			},
			{ fieldtype: "Section Break", hide_border: 1 },
			{
				fieldtype: "Currency",
				fieldname: "amount",
				label: __("Amount ({0})", [facts.currency]),
				options: facts.currency,
				reqd: 1,
			},
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Link",
				fieldname: "vehicle",
				label: __("Vehicle"),
				options: "Dealer Vehicle",
				depends_on: `eval:doc.subject==="${VEHICLE}"`,
				get_query: () => ({
					filters: {
						company: opts.company,
						status: ["in", ["In Recon", "Front-line Ready", "On Hold"]],
					},
				}),
			},
			{
				fieldtype: "Data",
				fieldname: "part",
				label: __("Part"),
				length: 100,
				depends_on: `eval:doc.subject==="${PART}"`,
			},
			{ fieldtype: "Section Break", hide_border: 1 },
			{ fieldtype: "HTML", fieldname: "tenders" },
			{ fieldtype: "Section Break", label: __("Terms"), collapsible: 1, collapsed: 1, hide_border: 1 },
			{
				fieldtype: "Select",
				fieldname: "refundable",
				label: __("Refundable"),
				options: ["Yes", "Until", "No"].map((value) => ({ value, label: __(value) })),
				default: facts.refundable,
			},
			{
				fieldtype: "Date",
				fieldname: "refundable_until",
				label: __("Refundable Until"),
				depends_on: 'eval:doc.refundable==="Until"',
			},
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Datetime",
				fieldname: "hold_until",
				label: __("Hold Until"),
				default: facts.hold_until,
				depends_on: `eval:doc.subject==="${VEHICLE}" || (doc.subject||"").startsWith("Deal")`,
			},
			{ fieldtype: "Section Break", hide_border: 1 },
		],
		label: __("Take Deposit"),
		working: __("Taking…"),
		missing: (values) => incomplete(values) || (amount_of(values) > 0 ? tenders?.problem : __("Enter the amount.")),
		sentence: (values) => sentence(values, facts),
		remedies: remedies({ customer: opts.customer, company: opts.company }),
		submit: (values, key) => send(opts, values, key, tenders.values),
		done: (state) => finished(opts, state),
	});
	dialog.$wrapper.addClass("dlr-take-deposit");
	tenders = new Tenders(
		dialog.fields_dict.tenders.$wrapper,
		{ amount: 0, currency: facts.currency, modes: facts.modes, usual: facts.usual },
		() => dialog.dlr_refresh()
	);
	const settle = () => {
		const amount = flt(dialog.fields_dict.amount.$input.val());
		if (amount === tenders.amount) return;
		tenders.amount = amount;
		tenders.settle();
	};
	dialog.fields_dict.amount.$input.on("input change", settle);
	by_card(dialog, opts, {
		problem: (values) => incomplete(values) || (amount_of(values) > 0 ? null : __("Enter the amount.")),
		make: (values, key) => send(opts, values, key, null),
	});
	dialog.dlr_refresh();
	return dialog;
}

/** The customer's own deals and orders first, then what is in stock, then a part. */
function what_for(facts) {
	return [
		...facts.deals.map((row) => ({
			value: `Deal Jacket|${row.name}`,
			label: __("Deal {0}: {1}", [row.name, row.vehicle_title || row.wanted || __(row.stage)]),
		})),
		{ value: VEHICLE, label: __("A vehicle in stock") },
		...facts.orders.map((row) => ({
			value: `Repair Order|${row.name}`,
			label: __("Repair order {0}: {1}", [row.name, row.vehicle_title || __(row.status)]),
		})),
		{ value: PART, label: __("A special-order part") },
	];
}

function incomplete({ subject, vehicle, part, refundable, refundable_until }) {
	if (!subject) return __("Choose what the money is for.");
	if (subject === VEHICLE && !vehicle) return __("Choose the vehicle.");
	if (subject === PART && (part || "").trim().length < 3) return __("Name the part.");
	if (refundable === "Until" && !refundable_until) return __("Until which day is it refundable?");
	return null;
}

function sentence({ subject, refundable, refundable_until, hold_until }, facts) {
	const is_car = subject === VEHICLE || facts.deals.some((row) => subject === `Deal Jacket|${row.name}` && row.vehicle);
	const held = is_car && hold_until ? __("The vehicle is held until {0}.", [exact(hold_until)]) : "";
	const terms = {
		Yes: () => __("The customer can have the money back."),
		No: () => __("The money is not given back."),
		Until: () =>
			refundable_until
				? __("The customer can have the money back until {0}.", [frappe.datetime.str_to_user(refundable_until)])
				: "",
	}[refundable || "Yes"]();
	return html`${held} ${terms}`;
}

async function send(opts, values, key, tenders) {
	const [doctype, name] = values.subject.split("|");
	keep(opts.customer, key);
	const what =
		values.subject === PART ? { text: values.part.trim() } : { doctype, name: name || values.vehicle };
	try {
		const state = await call(API + "take", {
			customer: opts.customer,
			company: opts.company,
			what,
			values: only(values, "amount", "refundable", "refundable_until", "hold_until"),
			tenders,
			client_key: key,
		});
		forget(opts.customer);
		return state;
	} catch (refusal) {
		if (!refusal.lost) forget(opts.customer);
		throw refusal;
	}
}

/** A draft that waits for its money: only how it is paid is still open. */
function draft(opts, facts) {
	if (facts.taken) return finished(opts, facts, true);
	let tenders = null;
	const dialog = ask({
		title: __("Take Deposit of {0}", [money(facts.amount, facts.currency)]),
		fields: [{ fieldtype: "HTML", fieldname: "tenders" }],
		label: __("Take {0}", [money(facts.amount, facts.currency)]),
		working: __("Taking…"),
		missing: () => tenders?.problem,
		sentence: () => fill(__("{0} pays for {1}."), [html`<b>${facts.customer_name}</b>`, html`<b>${facts.what}</b>`]),
		remedies: remedies({
			customer: facts.customer || opts.customer,
			company: facts.company || opts.company,
			customer_name: facts.customer_name,
		}),
		submit: (_values, key) =>
			call(API + "take_draft", { deposit: facts.name, tenders: tenders.values, client_key: key }),
		done: (state) => finished(opts, state),
	});
	tenders = new Tenders(
		dialog.fields_dict.tenders.$wrapper,
		{ amount: facts.amount, currency: facts.currency, modes: facts.modes, usual: facts.usual },
		() => dialog.dlr_refresh()
	);
	by_card(dialog, { ...opts, company: facts.company }, { problem: () => null, make: async () => facts });
	dialog.dlr_refresh();
	return dialog;
}

/** The whole by one card: the draft is kept first, so that the money has its place whatever happens then. */
function by_card(dialog, opts, { problem, make }) {
	if (!(frappe.boot.dealer?.card_readers || []).includes(opts.company)) return;
	const key = new_key();
	let running = false;
	dialog.set_secondary_action_label(__("By Card at a Reader"));
	dialog.set_secondary_action(async () => {
		const values = Object.fromEntries(
			Object.entries(dialog.fields_dict).map(([name, field]) => [name, field.get_value?.() ?? null])
		);
		const wrong = problem(values);
		if (wrong) return frappe.show_alert({ message: wrong, indicator: "orange" });
		if (running) return;
		running = true;
		try {
			const state = await make(values, key);
			dialog.hide();
			strip.refresh();
			dealer.card.take({
				doctype: "Deposit",
				name: state.name,
				done: () => finished(opts, { ...state, taken: true, by_card: true }),
			});
		} catch (refusal) {
			frappe.msgprint({ title: refusal.title, indicator: "orange", message: String(trusted(refusal.message)) });
		} finally {
			running = false;
		}
	});
}

function finished(opts, state, before = false) {
	strip.refresh();
	opts.done?.(state);
	if (!state.by_card) taken(state, before); // the reader's own dialog offers its receipt
}
