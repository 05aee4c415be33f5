/** What was sent and has no answer yet, in this browser: it outlives a reload, so that one asks before acting twice. */

/** @param {string} prefix of an area; a slot of it is for one user and one subject */
export function memory(prefix) {
	const slot = (subject) => [prefix, frappe.session.user, subject].join("|");
	return {
		keep(subject, sent) {
			try {
				localStorage.setItem(slot(subject), JSON.stringify(sent));
			} catch {
				// A browser without storage: one key is still one action while the page is open.
			}
		},
		kept(subject) {
			try {
				return JSON.parse(localStorage.getItem(slot(subject)) || "null");
			} catch {
				return null;
			}
		},
		forget(subject) {
			try {
				localStorage.removeItem(slot(subject));
			} catch {
				// nothing was kept
			}
		},
	};
}
