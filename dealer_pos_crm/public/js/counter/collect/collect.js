/**
 * Collect: money of one customer for several documents in several ways, under one receipt.
 *
 * What was sent keeps its key and its input in the browser until the answer is there. After a reload, or when no
 * answer came back, the dialog asks the server what became of it before it sends anything again.
 */

import { remedies } from "../cash_report/payer";
import { trusted } from "../../desk/html";
import { call, new_key } from "../../desk/server";
import { at, context } from "../pos/context";
import { register } from "../pos/registry";
import { what_became } from "../sent";
import { Compose } from "./compose";
import { done_step } from "./done";
import { follow, unfinished_step } from "./follow";
import { forget, keep, kept } from "./running";
import { Shell } from "../shell";

export const API = "dealer_pos_crm.api.counter_receipt.";
const GET = { type: "GET" };
const find = (client_key) => call(API + "find", { client_key });
const AGAIN = [1500, 2500, 4000, 6000]; // milliseconds between two questions after a lost answer

/**
 * Without a customer: of the sale on the counter's screen.
 *
 * @param {object} [asked]
 * @param {string} [asked.customer]
 * @param {string} [asked.company]
 * @param {string} [asked.pos_profile] the counter one stands at: its ways to pay
 * @param {string} [asked.doctype] with asked.name: what is chosen at first; also an order or a deal
 * @param {string} [asked.name]
 * @param {(state: object) => void} [asked.done] after a receipt was taken
 * @param {() => void} [asked.next] the next customer
 */
export async function open(asked = {}) {
	const opts = { ...(asked.customer ? {} : at_counter()), ...asked };
	try {
		const { customer, company, pos_profile } = opts;
		const sent = kept(opts);
		const [facts, before] = await Promise.all([
			call(API + "start", { customer, company, pos_profile }, GET),
			sent ? what_became(sent.key, find) : null,
		]);
		if (sent && (!before || before.status !== "Collecting")) forget(opts);
		return start(opts, facts, before, Boolean(sent));
	} catch (refusal) {
		if (!refusal?.message) throw refusal;
		frappe.msgprint({
			title: refusal.title || __("Not possible"),
			indicator: "orange",
			message: String(trusted(refusal.message)),
		});
	}
}

function start(opts, facts, before, was_sent) {
	const shell = new Shell(__("Collect from {0}", [facts.customer_name]));
	shell.remedies = remedies({ ...opts, customer_name: facts.customer_name });
	const steps = { shell, facts, opts, over, compose };
	let pending = null; // sent, and not answered yet
	let step = null;

	function compose(note) {
		shell.clear();
		shell.title(__("Collect from {0}", [facts.customer_name]));
		step = new Compose(shell, facts, { select: opts, collect: send });
		if (note) shell.note(note);
	}

	/** One key for one request: sent again after a lost answer, it is still the one. */
	async function send(args) {
		shell.refuse(null);
		shell.busy(true, __("Collecting…"));
		try {
			const same = pending && JSON.stringify(pending.args) === JSON.stringify(args);
			// Something else was sent and has no answer yet: what became of that comes first.
			const before = pending && !same ? await what_became(pending.key, find) : null;
			if (before) return arrived(before);
			if (!same) pending = { key: new_key(), args };
			keep(opts, pending);
			arrived(await deliver(pending));
		} catch (refusal) {
			shell.busy(false);
			step?.refresh();
			if (!refusal?.message) throw refusal;
			if (!refusal.lost) settled();
			shell.refuse(refusal);
		}
	}

	function settled() {
		pending = null;
		forget(opts);
	}

	async function deliver(sent) {
		const { customer, company } = opts;
		const request = { customer, company, client_key: sent.key, ...sent.args };
		for (let tries = 0; ; tries++) {
			try {
				return await call(API + "collect", request);
			} catch (refusal) {
				if (!refusal.lost || tries >= AGAIN.length || !shell.is_open) throw refusal;
				shell.say(__("No answer came back. Asking what became of it…"));
				await new Promise((resolve) => setTimeout(resolve, AGAIN[tries]));
			}
		}
	}

	function arrived(state) {
		shell.busy(false);
		if (!shell.is_open) return told(state);
		if (state.status === "Collecting") return follow(steps, state);
		over(state);
	}

	/** A receipt is over: taken, or given up. */
	function over(state) {
		settled();
		done_step(steps, state);
		opts.done?.(state);
	}

	/** The dialog was left before the answer came. */
	function told(state) {
		const taken = state.status !== "Collecting";
		if (taken) settled();
		frappe.show_alert(
			{
				message: taken
					? __("Receipt {0}: {1} taken, {2} change.", [
							state.receipt,
							format_currency(state.amount, state.currency),
							format_currency(state.change_amount, state.currency),
					  ])
					: __("Receipt {0} is not finished. Open Collect again to see it.", [state.receipt]),
				indicator: taken ? "green" : "orange",
			},
			20
		);
		opts.done?.(state);
	}

	if (before) arrived(before); // after a reload
	else if (facts.unfinished.length) unfinished_step(steps, facts.unfinished);
	else {
		compose(
			was_sent
				? __("The last Collect of this customer did not reach the server: nothing was taken. Collect again.")
				: null
		);
	}
	return shell;
}

/** The line of the counter's menu and the button of its strip. */
export function setup() {
	register({
		id: "collect",
		label: __("Collect"),
		shortcut: "F4",
		primary: true,
		needs_customer: true,
		order: 10,
		action: () => open(),
	});
}

/** The customer of the sale on the screen, and what follows there. */
function at_counter() {
	const { customer, company, pos_profile } = context();
	return {
		customer,
		company,
		pos_profile,
		done: () => dealer.counter.refresh(),
		next: at() ? () => dealer.counter.pos.clear() : null,
	};
}
