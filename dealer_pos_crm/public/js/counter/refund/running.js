/** A refund that was sent and has no answer yet: after a reload one asks what became of it. */

const PREFIX = "dealer_refund|";

const slot = (customer) => `${PREFIX}${frappe.session.user}|${customer}`;

export function keep(customer, sent) {
	try {
		localStorage.setItem(slot(customer), JSON.stringify(sent));
	} catch {
		// A browser without storage: one key is still one refund while the page is open.
	}
}

export function kept(customer) {
	try {
		return JSON.parse(localStorage.getItem(slot(customer)) || "null");
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
