/**
 * What can be done at the counter: each area registers its own, from its own file, when it is loaded.
 * Primary ones are buttons of the strip, the others lines of the page's menu; keys work for all of them.
 *
 * Keys of ERPNext's screen are Ctrl with a letter; ours are the function keys, so that typing never meets them.
 * Taken: F2 customer, F4 collect, F7 receipts, F8 deposit, F9 refund, F10 close the shift, Shift+F2 vehicle.
 */

import { at, context, is_shown } from "./context";
import { safely } from "./guarded";

const acts = [];
let mounted = null;

/**
 * @param {object} act
 * @param {string} act.id
 * @param {string} act.label
 * @param {string} [act.shortcut] such as "F4" or "Shift+F4"
 * @param {(controller: object) => any} act.action
 * @param {boolean} [act.primary] a button in the strip
 * @param {boolean} [act.needs_customer] waits until one is chosen
 * @param {(context: object) => boolean} [act.condition] whether it is offered at all
 * @param {boolean} [act.hidden] only its key: neither menu nor button
 * @param {number} [act.order]
 */
export function register(act) {
	if (acts.some(({ id }) => id === act.id)) return;
	const key = act.shortcut && spelled(act.shortcut);
	const other = key && acts.find(({ shortcut }) => shortcut && spelled(shortcut) === key);
	if (other) console.warn(`dealer counter: ${act.shortcut} of ${act.id} belongs to ${other.id}`);
	acts.push({ order: 50, ...act, shortcut: other ? null : act.shortcut });
	acts.sort((a, b) => a.order - b.order);
	if (mounted) mount(mounted);
}

export function registered() {
	return acts;
}

/** What is offered here and now. */
export function offered() {
	const where = context();
	return acts.filter((act) => !act.condition || safely(act.id, () => act.condition(where)));
}

export function run(act) {
	if (act.needs_customer && !context().customer) {
		frappe.show_alert({ message: __("Choose the customer first (F2)."), indicator: "orange" });
		return;
	}
	return safely(act.id, () => act.action(at()));
}

/** Lines of the page's menu, and the keys in Frappe's own list of them (?). ERPNext clears its menu itself. */
export function mount(controller) {
	mounted = controller;
	for (const act of offered().filter(({ hidden }) => !hidden)) {
		const label = act.shortcut ? `${act.label} (${act.shortcut})` : act.label;
		controller.page.add_menu_item(label, () => run(act));
	}
	const known = frappe.ui.keys?.standard_shortcuts;
	for (const act of acts.filter(({ shortcut }) => shortcut)) {
		const row = {
			shortcut: act.shortcut,
			description: act.label,
			page: controller.page,
			condition: () => offered().includes(act),
		};
		const place = known?.findIndex(({ shortcut, page }) => shortcut === act.shortcut && page === row.page);
		if (place >= 0) known[place] = row;
		else known?.push(row);
	}
}

const spelled = (shortcut) => shortcut.toLowerCase().split("+").sort().join("+");

function pressed(event) {
	const parts = [event.key];
	if (event.ctrlKey || event.metaKey) parts.push("ctrl");
	if (event.shiftKey) parts.push("shift");
	if (event.altKey) parts.push("alt");
	return spelled(parts.join("+"));
}

// What ERPNext's screen does on these keys, it does behind an open dialog, too.
const BEHIND = new Set(
	["Ctrl+Enter", "Ctrl+E", "Ctrl+D", "Ctrl+I", "Ctrl+G", "Ctrl+P", "Ctrl+Q", "Ctrl+R", "Ctrl+O", "Ctrl+F"]
		.concat(["Ctrl+S", "Ctrl+Backspace", "Ctrl+Shift+Backspace", "Ctrl+Shift+C", "Tab", "Enter"])
		.map(spelled)
);

export function listen() {
	document.addEventListener("keydown", (event) => {
		if (!at() || !is_shown() || !event.key) return;
		const key = pressed(event);
		if (document.querySelector(".modal.show")) {
			const asks = window.cur_dialog?.confirm_dialog && key === "enter";
			if (!BEHIND.has(key) || asks) return;
			event.stopPropagation();
			if (key.includes("ctrl") && event.key.length === 1) event.preventDefault(); // nor the browser's own
			return;
		}
		const act = event.repeat ? null : acts.find(({ shortcut }) => shortcut && spelled(shortcut) === key);
		if (!act || !offered().includes(act)) return;
		event.preventDefault();
		event.stopPropagation();
		run(act);
	});
}
