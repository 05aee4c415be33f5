/** The key of a payment that was begun in this browser: after a reload the dialog finds it again. */

const PREFIX = "dealer_card|";

export function slot(subject) {
	return PREFIX + [subject.doctype || "", subject.name || "", subject.customer || ""].join("|");
}

export function keep(subject, key) {
	try {
		localStorage.setItem(slot(subject), key);
	} catch {
		// A browser without storage: the server finds a document's payment by itself.
	}
}

export function kept(subject) {
	try {
		return localStorage.getItem(slot(subject));
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
