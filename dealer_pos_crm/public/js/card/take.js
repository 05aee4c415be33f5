/** Taking a card at a reader: how much and where, then one looks on until it is over. */

import { html, trusted } from "../desk/html";
import { call, new_key } from "../desk/server";
import { money } from "../desk/words";
import { frame } from "./frame";
import { API, EVERY, live, look } from "./live";
import { forget, keep, kept } from "./running";
import { reader_label, test_mode } from "./words";

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
		if (opts.is_hold) facts = held_for(facts);
	} catch (refusal) {
		return told(refusal);
	}
	if (!facts.payable) {
		return frappe.msgprint({ title: __("Nothing to Take"), indicator: "blue", message: facts.why_not });
	}
	if (!facts.readers.length) return no_reader();
	return choose(opts, facts);
}

/** A hold is placed before anything is owed. */
function held_for(facts) {
	return { ...facts, payable: true, any_amount: true, whole_only: false, open: 0 };
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
	const dialog = frame([
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
			default: facts.usual || "",
			options: options_of(facts.readers, facts.usual),
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
		const problem =
			problem_of(amount, facts) || (reader ? null : __("Choose the reader.")) || opts.problem?.(dialog);
		dialog.dlr_area.html(
			String(html`${test_mode(facts.readers.find((row) => row.name === reader) || facts.readers[0])}
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
			live(opts, dialog, state, take);
		} catch (refusal) {
			if (refusal.lost) return lost(opts, dialog, key, () => ((sending = false), refresh()));
			forget(opts);
			sending = false;
			refresh();
			dialog.dlr_refuse(refusal);
		}
	}

	dialog.$body.on("input change", () => setTimeout(refresh, 0));
	if (opts.extra && frappe.model.can_create("Pay Request")) {
		dialog.dlr_extra(opts.extra.label, async () => {
			dialog.dlr_busy(true);
			try {
				await opts.extra.run(dialog, facts);
			} catch (refusal) {
				dialog.dlr_refuse(refusal);
			} finally {
				dialog.dlr_busy(false);
				refresh();
			}
		});
	}
	dialog.show();
	refresh();
	ask_again(dialog, facts.readers);
	return dialog;
}

/** Nobody's card is asked for at a counter that was not meant: without a usual reader, one is chosen. */
function options_of(readers, usual) {
	const rows = readers.map((row) => ({ value: row.name, label: reader_label(row) }));
	return usual ? rows : [{ value: "", label: "" }, ...rows];
}

/** A reader that was offline when it was last asked may be back: what the list says is made true. */
function ask_again(dialog, readers) {
	for (const row of readers.filter(({ state }) => state === "Offline")) {
		call(API + "refresh_reader", { reader: row.name }).then(
			({ state }) => {
				row.state = state;
				if (dialog.is_visible && !dialog.fields_dict.reader.df.hidden) {
					dialog.set_df_property("reader", "options", options_of(readers, dialog.get_value("reader")));
				}
			},
			() => {} // nobody knows better
		);
	}
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
			if (state) return live(opts, dialog, state, take);
			return again(); // the server answers, and knows of none: the same key begins it once
		} catch (refusal) {
			if (!refusal.lost) break;
		}
	}
	again();
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
	const dialog = frame([]);
	dialog.set_title(opts.title || __("Take Card"));
	dialog.show();
	live(opts, dialog, state, take);
	return dialog;
}
