/** Looking on while the customer pays: the state as it is, what may be done, and the end. */

import { html } from "../desk/html";
import { call } from "../desk/server";
import { money } from "../desk/words";
import { forget } from "./running";
import { MOVING, panel, reader_label, since, test_mode } from "./words";

export const API = "dealer_pos_crm.api.terminal.";
const TOPIC = "dealer_card_payment";
export const EVERY = 2000;

export function look(card_payment, again = false) {
	return call(API + "look", { card_payment, again });
}

/** Show a payment in the dialog until it is over. `again` begins a new one of the same kind. */
export function live(opts, dialog, first, again) {
	let state = first;
	let timer = null;
	let asking = false;
	let told_done = false;
	for (const [name, field] of Object.entries(dialog.fields_dict)) {
		if (field.get_value && !["area", "refusal"].includes(name)) dialog.set_df_property(name, "hidden", 1);
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
			const waits = ["On Reader", "Processing"].includes(state.phase) && !state.silent;
			dialog.dlr_primary(__("Look Again"), () => act("look", { again: true }), waits);
			if (waits) dialog.dlr_no_primary(); // it comes by itself
			if (state.simulated && state.phase === "On Reader") {
				dialog.dlr_extra(__("Present Test Card"), () => act("present_test_card", {}));
			}
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
		setTimeout(() => again({ ...opts, card_payment: null }), 300);
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
