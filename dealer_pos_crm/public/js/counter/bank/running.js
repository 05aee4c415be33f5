/** The key of a slip that was sent from this browser: after a reload it is asked for again. */

const PREFIX = "dealer_bank|";

export function keep(company, key) {
	try {
		localStorage.setItem(PREFIX + company, key);
	} catch {
		// A browser without storage: each check is on one slip all the same.
	}
}

export function kept(company) {
	try {
		return localStorage.getItem(PREFIX + company);
	} catch {
		return null;
	}
}

export function forget(company) {
	try {
		localStorage.removeItem(PREFIX + company);
	} catch {
		// nothing was kept
	}
}
