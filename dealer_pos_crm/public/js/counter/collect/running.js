/** What was sent and has no answer yet: key and input outlive a reload, so that one asks instead of paying twice. */

const PREFIX = "dealer_collect|";

const slot = ({ customer, company }) => PREFIX + [frappe.session.user, company || "", customer || ""].join("|");

/** @param {{customer: string, company: string}} subject @param {{key: string, args: object}} sent */
export function keep(subject, sent) {
	try {
		localStorage.setItem(slot(subject), JSON.stringify(sent));
	} catch {
		// A browser without storage: the server still makes one action of one key while the page is open.
	}
}

export function kept(subject) {
	try {
		return JSON.parse(localStorage.getItem(slot(subject)) || "null");
	} catch {
		return null;
	}
}

export function forget(subject) {
	try {
		localStorage.removeItem(slot(subject));
	} catch {
		// nothing was kept
	}
}
