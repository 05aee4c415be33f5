/** What was sent and has no answer yet: the key outlives a reload, so that one asks before taking twice. */

const PREFIX = "dealer_counter_deposit|";

const slot = (customer) => PREFIX + [frappe.session.user, customer].join("|");

export function keep(customer, key) {
	try {
		localStorage.setItem(slot(customer), key);
	} catch {
		// A browser without storage: one key is one deposit all the same, while the dialog is open.
	}
}

export function kept(customer) {
	try {
		return localStorage.getItem(slot(customer));
	} catch {
		return null;
	}
}

export function forget(customer) {
	try {
		localStorage.removeItem(slot(customer));
	} catch {
		// nothing was kept
	}
}
