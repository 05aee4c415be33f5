/**
 * Close Shift at the point of sale: count what is there, see it beside what should be there, hand it in.
 * The server makes ERPNext's POS Closing Entry; ERPNext's own form stays for whoever opens it by hand.
 */

import { ask } from "../../desk/ask";
import { no_reason, reason_field } from "../../desk/reason";
import { trusted } from "../../desk/html";
import { call } from "../../desk/server";
import { Shell } from "../shell";
import { register } from "../pos/registry";
import { around } from "../pos/guarded";
import { context } from "../pos/context";
import { CountStep } from "./count_step";
import { show_end, show_result, where } from "./result_step";
import * as draft from "./draft";

export { form } from "./form";

const API = "dealer_pos_crm.api.shift.";
const LOOK_EVERY = 3000;

export function setup() {
	register({ id: "close-shift", label: __("Close Shift"), shortcut: "F10", action: at_the_counter, order: 90 });
}

/** ERPNext's own line in the menu, and its keys, lead here. Called before the menu is made. */
export function stand_at(controller) {
	around(controller, "close_pos", function () {
		if (this.$components_wrapper.is(":visible")) at_the_counter();
	});
}

function at_the_counter() {
	return open({ shift: context().shift, done: () => window.location.reload() });
}

/**
 * @param {{shift?: string, done?: () => void}} [opts] the caller's own open shift when left out; `done` runs
 *        when the dialog of a closed shift is left
 */
export async function open({ shift = null, done = null } = {}) {
	let facts;
	try {
		facts = await call(`${API}facts`, { shift }, { type: "GET" });
	} catch (refusal) {
		return frappe.msgprint({
			title: refusal.title || __("Close Shift"),
			message: String(trusted(refusal.message)),
			indicator: "orange",
		});
	}
	return new Closing(facts, done);
}

class Closing {
	constructor(facts, done) {
		this.facts = facts;
		this.done = done;
		this.shell = new Shell(__("Close Shift"));
		this.shell.dialog.$wrapper.addClass("dlr-shift-dialog");
		this.shell.gone = () => this.gone();
		const count = facts.count;
		if (count && where(count) !== "counting") this.end(count);
		else this.count();
	}

	count() {
		new CountStep(this.shell, this.facts, (counted) => this.counted(counted)).show();
	}

	async counted(values) {
		const count = await this.ask("count", {
			shift: this.facts.shift,
			counted: JSON.stringify(values.counted),
			cash: JSON.stringify(values.cash || []),
			slips: JSON.stringify(values.slips),
			client_key: values.client_key,
		});
		if (count) this.result(count);
	}

	result(count) {
		if (where(count) !== "counting") return this.end(count);
		show_result(this.shell, count, {
			submit: (why) => this.close(count, why),
			again: () => this.again(),
		});
	}

	/** What was sold meanwhile counts as well: the facts are asked for anew. */
	async again() {
		const facts = await this.ask("facts", { shift: this.facts.shift }, { type: "GET" });
		if (!facts) return;
		this.facts = facts;
		this.count();
	}

	async close(count, why) {
		frappe.realtime?.off?.(`poe_${count.shift}_closed`); // ERPNext would cover this dialog with its own
		const closed = await this.ask("close", { shift_count: count.name, ...why }, {}, __("Closing…"));
		if (closed) this.end(closed);
	}

	end(count) {
		clearTimeout(this.timer);
		const state = where(count);
		if (state === "counting") return this.again();
		if (state === "closed") draft.forget(count.shift);
		this.closed = state === "closed";
		show_end(this.shell, count, {
			approve: () => this.approve(count),
			reopen: () => this.reopen(count),
			try_again: async () => {
				const again = await this.ask("try_again", { shift_count: count.name }, {}, __("Closing…"));
				if (again) this.end(again);
			},
			print: () => this.print(count),
			leave: () => this.shell.hide(),
		});
		if (state === "queued" || state === "waits") this.timer = setTimeout(() => this.look(count), LOOK_EVERY);
	}

	/** Wait for the books, or for a manager at another screen. */
	async look(count) {
		if (!this.shell.is_open) return;
		try {
			const now = await call(`${API}state`, { shift_count: count.name }, { type: "GET" });
			if (this.shell.is_open && where(now) !== where(count)) return this.end(now);
		} catch {
			// a line that is down comes back
		}
		this.timer = setTimeout(() => this.look(count), LOOK_EVERY);
	}

	async approve(count) {
		clearTimeout(this.timer);
		await dealer.counter.approve({
			doctype: "Shift Count",
			name: count.name,
			title: __("Shift of {0}: {1}", [frappe.user.full_name(count.cashier), count.words]),
		});
		this.timer = setTimeout(() => this.look(count), 0);
	}

	reopen(count) {
		return ask({
			title: __("Count Again"),
			fields: [reason_field()],
			label: __("Count Again"),
			missing: no_reason,
			sentence: () => __("The shift sells again until it is handed in anew."),
			submit: ({ reason }) => call(`${API}reopen`, { shift_count: count.name, reason }),
			done: () => this.again(),
		});
	}

	print(count) {
		const receipts = dealer.counter.receipts;
		if (receipts?.print) return receipts.print({ doctype: "Shift Count", name: count.name });
		frappe.set_route("print", "Shift Count", count.name);
	}

	/** The server's answer; null when it refused, with its reason where one looks. */
	async ask(method, args, how = {}, label = __("Working…")) {
		const { shell } = this;
		const before = shell.primary.text();
		shell.refuse(null);
		shell.busy(true, label);
		try {
			return await call(API + method, args, how);
		} catch (refusal) {
			if (!refusal?.message) throw refusal;
			shell.refuse(refusal);
			shell.primary.text(before);
			return null;
		} finally {
			shell.busy(false);
		}
	}

	gone() {
		clearTimeout(this.timer);
		if (this.closed) this.done?.();
	}
}
