/** Taking a card at a reader: how much and where, then one looks on until it is over. */

import { html, trusted } from "../desk/html";
import { call, new_key } from "../desk/server";
import { money } from "../desk/words";
import { forget, keep, kept } from "./running";
import { MOVING, panel, since, test_mode } from "./words";

const API = "dealer_pos_crm.api.terminal.";
const TOPIC = "dealer_card_payment";
const EVERY = 2000;

/**
 * @param {object} opts
 * @param {string} [opts.doctype] Deposit, Deal Jacket, Repair Order or Sales Invoice
 * @param {string} [opts.name]
 * @param {string} [opts.payer] of a Repair Order with several payers
 * @param {string} [opts.customer] with opts.company: money for no document, the customer's credit
 * @param {string} [opts.company]
 * @param {string} [opts.what] what a payment for no document is for
 * @param {number} [opts.amount] else all that is open
 * @param {string} [opts.card_payment] a payment that is under way: look on
 * @param {(state: object) => void} [opts.done] after it was paid or held
 */
export async function take(opts) {
	if (opts.card_payment) return follow(opts, await look(opts.card_payment));
	let facts;
	try {
		facts = await call(API + "facts", subject_of(opts), { type: "GET" });
		const running = await find_running(opts, facts);
		if (running) return follow(opts, running);
	} catch (refusal) {
		return told(refusal);
	}
	if (!facts.payable) {
		return frappe.msgprint({ title: __("Nothing to Take"), indicator: "blue", message: facts.why_not });
	}
	if (!facts.readers.length) return no_reader();
	return choose(opts, facts);
}

const verb = (amount) => __("Take {0}", [amount]);

function subject_of({ doctype, name, payer, customer, company }) {
	return { doctype, name, payer, customer, company };
}

/** The payment of this document that is not over: begun here, in another window, or by somebody else. */
async function find_running(opts, facts) {
	const key = kept(opts);
	if (key) {
		const state = await call(API + "find", { client_key: key });
		if (state && !state.over) return state;
		forget(opts);
	}
	if (!facts.running) return null;
	const state = await look(facts.running);
	return state.over ? null : state;
}

function look(card_payment, again = false) {
	return call(API + "look", { card_payment, again });
}

function told(refusal) {
	return frappe.msgprint({
		title: refusal.title || __("Not possible"),
		indicator: "orange",
		message: String(trusted(refusal.message)),
	});
}

function no_reader() {
	return frappe.msgprint({
		title: __("No Card Reader"),
		indicator: "blue",
		message: __("Register a reader first: make a Card Reader and enter the code that it shows."),
	});
}

// Step one: how much, and where

function choose(opts, facts) {
	const key = new_key();
	const titles = Object.fromEntries(facts.readers.map((row) => [row.name, row.title]));
	const whole = Boolean(facts.whole_only);
	let sending = false;
	const dialog = frame(opts, facts, [
		{
			fieldtype: "Currency",
			fieldname: "amount",
			label: __("Amount ({0})", [facts.currency]),
			options: facts.currency,
			default: opts.amount || facts.open || null,
			read_only: whole ? 1 : 0,
			description: facts.open ? __("{0} is open", [money(facts.open, facts.currency)]) : "",
		},
		{ fieldtype: "Column Break" },
		{
			fieldtype: "Select",
			fieldname: "reader",
			label: __("Reader"),
			default: facts.usual || facts.readers[0].name,
			options: facts.readers.map((row) => ({ value: row.name, label: reader_label(row) })),
		},
		{ fieldtype: "Section Break", hide_border: 1 },
		...(opts.fields || []),
	]);
	dialog.set_title(opts.title || __("Take Card"));
	const values = () => ({
		amount: flt(whole ? facts.open : dialog.get_value("amount")),
		reader: dialog.get_value("reader"),
	});

	function refresh() {
		const { amount, reader } = values();
		const problem = problem_of(amount, facts) || opts.problem?.(dialog);
		dialog.dlr_area.html(
			String(html`${test_mode(facts.readers.find((row) => row.name === reader) || {})}
				<div class="dlr-sentence ${problem ? "dlr-problem" : ""}">
					${problem || sentence(opts, facts, amount, titles[reader])}
				</div>`)
		);
		dialog.dlr_primary(
			(opts.verb || verb)(money(amount || 0, facts.currency)),
			begin,
			Boolean(problem) || sending
		);
	}

	async function begin() {
		if (sending) return;
		sending = true;
		refresh();
		const { amount, reader } = values();
		keep(opts, key);
		const method = opts.method || API + "start";
		const args = { ...subject_of(opts), what: opts.what, amount, reader, client_key: key };
		try {
			const state = await call(method, { ...args, ...opts.values?.(dialog) });
			live(opts, dialog, state);
		} catch (refusal) {
			if (refusal.lost) return lost(opts, dialog, key, () => ((sending = false), refresh()));
			forget(opts);
			sending = false;
			refresh();
			dialog.dlr_refuse(refusal);
		}
	}

	dialog.$body.on("input change", () => setTimeout(refresh, 0));
	dialog.show();
	refresh();
	dialog.dlr_area.removeClass("hide");
	return dialog;
}

/** The request was made and its answer lost: whether the payment was begun, the server knows. */
async function lost(opts, dialog, key, again) {
	dialog.dlr_area.html(
		String(html`<div class="dlr-sentence">${__("No answer came back. Asking whether it was begun…")}</div>`)
	);
	for (let tries = 0; tries < 5 && dialog.is_visible; tries++) {
		await new Promise((resolve) => setTimeout(resolve, EVERY));
		try {
			const state = await call(API + "find", { client_key: key });
			if (state) return live(opts, dialog, state);
			return again(); // the server answers, and knows of none: the same key begins it once
		} catch (refusal) {
			if (!refusal.lost) break;
		}
	}
	again();
}

function reader_label(row) {
	const told = [row.state === "Offline" ? __("offline") : null, row.card_payment ? __("in use") : null];
	const more = told.filter(Boolean).join(", ");
	return more ? `${row.title} (${more})` : row.title;
}

function problem_of(amount, facts) {
	if (!(amount > 0)) return __("Enter an amount.");
	if (!facts.any_amount && amount > facts.open) {
		return __("{0} is open; take the rest in another way.", [money(facts.open, facts.currency)]);
	}
	return null;
}

function sentence(opts, facts, amount, reader) {
	if (opts.sentence) return opts.sentence(amount, reader, facts);
	const left = facts.any_amount ? 0 : flt(facts.open - amount, 6);
	const asked = __("{0} asks {1} for the card.", [reader || "", facts.customer_name || facts.customer]);
	const what = html`<div class="dlr-small">${facts.what}</div>`;
	return left > 0
		? html`${asked} ${__("{0} stays open.", [money(left, facts.currency)])} ${what}`
		: html`${asked} ${what}`;
}

// Step two: one looks on

function follow(opts, state) {
	const dialog = frame(opts, state, []);
	dialog.set_title(opts.title || __("Take Card"));
	dialog.show();
	live(opts, dialog, state);
	return dialog;
}

function live(opts, dialog, first) {
	let state = first;
	let timer = null;
	let asking = false;
	let told_done = false;
	for (const field of dialog.fields_list) {
		if (field.df.fieldname !== "area" && field.df.fieldname !== "refusal") dialog.set_df_property(field.df.fieldname, "hidden", 1);
	}

	function draw() {
		dialog.dlr_refuse(null);
		dialog.dlr_area.html(String(html`${test_mode(state)} ${panel(state, since(state.creation))}`));
		buttons();
		if (state.over) ended();
	}

	function buttons() {
		const may = new Set(state.moves);
		dialog.dlr_clear();
		if (state.over) {
			if (["Paid", "Held"].includes(state.phase)) {
				dialog.dlr_primary(__("Done"), () => dialog.hide());
				if (printable(state)) dialog.dlr_secondary(__("Print Receipt"), () => print_receipt(state));
			} else {
				dialog.dlr_primary(__("Begin Again"), () => restart());
				dialog.dlr_secondary(__("Close"), () => dialog.hide());
			}
			return;
		}
		if (may.has("send")) {
			const label = state.phase === "Declined" ? __("Try Another Card") : __("Send to Reader");
			dialog.dlr_primary(label, () => act("send", {}));
			dialog.dlr_extra(__("Other Reader"), () => another_reader());
		} else {
			dialog.dlr_primary(__("Look Again"), () => act("look", { again: true }), !may.has("look"));
		}
		if (may.has("cancel")) dialog.dlr_secondary(__("Cancel Payment"), () => act("cancel", {}));
	}

	async function act(method, args) {
		if (asking) return;
		asking = true;
		clearTimeout(timer);
		dialog.dlr_busy(true);
		try {
			state = await call(API + method, { card_payment: state.name, ...args });
			draw();
		} catch (refusal) {
			dialog.dlr_refuse(refusal);
		} finally {
			asking = false;
			dialog.dlr_busy(false);
			wait();
		}
	}

	async function poll() {
		if (asking || !dialog.is_visible || state.over) return;
		asking = true;
		try {
			const next = await look(state.name);
			const same = ["phase", "note", "silent", "sends"].every((field) => next[field] === state[field]);
			state = { ...next, note: next.note || (next.phase === state.phase ? state.note : "") };
			if (!same) draw();
		} catch (refusal) {
			if (!refusal.lost) dialog.dlr_refuse(refusal);
		} finally {
			asking = false;
			wait();
		}
	}

	function wait() {
		clearTimeout(timer);
		if (dialog.is_visible && !state.over) timer = setTimeout(poll, MOVING.has(state.phase) ? EVERY : 3 * EVERY);
	}

	function ended() {
		clearTimeout(timer);
		forget(opts);
		if (told_done || !["Paid", "Held"].includes(state.phase)) return;
		told_done = true;
		opts.done?.(state);
	}

	function restart() {
		dialog.hide();
		setTimeout(() => take({ ...opts, card_payment: null }), 300);
	}

	async function another_reader() {
		const { readers } = await call(
			API + "facts",
			state.for_doctype
				? { doctype: state.for_doctype, name: state.for_name }
				: { customer: state.customer, company: state.company },
			{ type: "GET" }
		);
		frappe.prompt(
			{
				fieldtype: "Select",
				fieldname: "reader",
				label: __("Reader"),
				reqd: 1,
				default: readers.find((row) => row.name !== state.card_reader)?.name,
				options: readers.map((row) => ({ value: row.name, label: reader_label(row) })),
			},
			({ reader }) => act("send", { reader }),
			__("Other Reader"),
			__("Send to Reader")
		);
	}

	const heard = ({ card_payment }) => card_payment === state.name && poll();
	frappe.realtime.on(TOPIC, heard);
	dialog.dlr_gone = () => {
		clearTimeout(timer);
		frappe.realtime.off(TOPIC, heard);
		if (state.over) return;
		frappe.show_alert(
			{
				message: __("The card payment of {0} goes on. Open Take Card again to see it.", [
					money(state.amount, state.currency),
				]),
				indicator: "orange",
			},
			10
		);
	};
	draw();
	wait();
}

function printable(state) {
	return state.for_doctype === "Deposit" || state.payment_entry;
}

function print_receipt(state) {
	const of_deposit = state.for_doctype === "Deposit";
	const query = new URLSearchParams({
		doctype: of_deposit ? "Deposit" : "Payment Entry",
		name: of_deposit ? state.for_name : state.payment_entry,
		...(of_deposit ? { format: "Deposit Receipt" } : {}),
		no_letterhead: 0,
	});
	window.open(frappe.urllib.get_full_url(`/printview?${query}`), "_blank");
}

// The dialog both steps share: an area, a refusal, and buttons that change with what is possible

function frame(opts, facts, fields) {
	const back_to = document.activeElement;
	const dialog = new frappe.ui.Dialog({
		title: __("Take Card"),
		no_submit_on_enter: true,
		fields: [
			...fields,
			{ fieldtype: "HTML", fieldname: "area" },
			{ fieldtype: "HTML", fieldname: "refusal" },
		],
		primary_action_label: __("Take"),
		primary_action: () => {},
	});
	dialog.$wrapper.addClass("dlr-ask dlr-card");
	dialog.dlr_area = dialog.fields_dict.area.$wrapper;
	const refusal_area = dialog.fields_dict.refusal.$wrapper.attr("role", "alert");
	const primary = dialog.get_primary_btn().off("click");
	const secondary = dialog.get_secondary_btn();
	let extra = null;
	dialog.get_primary_btn = () => primary;
	dialog.dlr_primary = (label, run, disabled = false) => {
		primary.removeClass("hide").text(label).prop("disabled", disabled).off("click").on("click", run);
	};
	dialog.dlr_secondary = (label, run) => {
		secondary.removeClass("hide").text(label).off("click").on("click", run);
	};
	dialog.dlr_extra = (label, run) => {
		extra = $(String(html`<button class="btn btn-default btn-sm">${label}</button>`)).on("click", run);
		dialog.custom_actions.append(extra);
	};
	dialog.dlr_clear = () => {
		extra?.remove();
		secondary.addClass("hide");
	};
	dialog.dlr_busy = (busy) => {
		primary.prop("disabled", busy);
		secondary.prop("disabled", busy);
		extra?.prop("disabled", busy);
	};
	dialog.dlr_refuse = (refusal) => {
		refusal_area.html(
			refusal
				? String(html`<div class="dlr-refusal">
						${refusal.title ? html`<b>${refusal.title}</b><br />` : ""}${trusted(refusal.message)}
				  </div>`)
				: ""
		);
	};
	dialog.$wrapper.on("keydown", (event) => {
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
			event.preventDefault();
			document.activeElement?.blur?.();
			setTimeout(() => primary.is(":enabled") && primary.trigger("click"), 0);
		}
	});
	dialog.onhide = () => {
		dialog.is_visible = false;
		dialog.dlr_gone?.();
		back_to?.isConnected && back_to.focus?.();
		setTimeout(() => dialog.$wrapper.remove(), 500);
	};
	return dialog;
}
