/** What was counted so far, kept in the browser: a reload in the middle takes no count away. */

const PREFIX = "dealer_counter_shift|";

const slot = (shift) => PREFIX + [frappe.session.user, shift].join("|");

export function read(shift) {
	try {
		return JSON.parse(localStorage.getItem(slot(shift))) || null;
	} catch {
		return null;
	}
}

export function keep(shift, draft) {
	try {
		localStorage.setItem(slot(shift), JSON.stringify(draft));
	} catch {
		// A browser without storage: a reload counts anew.
	}
}

export function forget(shift) {
	try {
		localStorage.removeItem(slot(shift));
	} catch {
		// nothing was kept
	}
}
