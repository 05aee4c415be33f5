/** Our own faults stay ours: the till goes on without the part that failed. */

import { report } from "./health";

let alerted = false;

export function fault(where, error) {
	console.error(`dealer counter: ${where}`, error);
	report([where], error?.stack || error);
	if (alerted) return;
	alerted = true;
	frappe.show_alert({
		message: __("A part of the dealership's counter failed. Sales work as usual; the administrator is told."),
		indicator: "orange",
	});
}

/** Run our own part; undefined when it fails. */
export function safely(where, run) {
	try {
		const made = run();
		return typeof made?.catch === "function" ? made.catch((error) => fault(where, error)) : made;
	} catch (error) {
		fault(where, error);
	}
}

/**
 * Stand around a method of one of ERPNext's objects (the object, never the class): `ours(next, ...args)`,
 * where `next()` is ERPNext's own. When ours fails, ERPNext's own is what happens; its own errors pass.
 */
export function around(target, name, ours) {
	const own = target[name];
	if (typeof own !== "function" || own.dlr_counter) return;
	target[name] = function (...args) {
		const theirs = { called: false };
		const next = (...given) => {
			theirs.called = true;
			try {
				return (theirs.made = own.apply(this, given.length ? given : args));
			} catch (error) {
				theirs.error = error;
				throw error;
			}
		};
		try {
			return ours.call(this, next, ...args);
		} catch (error) {
			if (theirs.error) throw theirs.error;
			fault(name, error);
			return theirs.called ? theirs.made : own.apply(this, args);
		}
	};
	target[name].dlr_counter = true;
}
