/** Collect from a form or a board: the counter's dialog is loaded when it is wanted. */

/** @param {object} opts as for `dealer.counter.collect.open` */
export function collect_of(opts) {
	return new Promise((resolve) => {
		frappe.require("dealer_counter.bundle.js", () => resolve(dealer.counter.collect.open(opts)));
	});
}
