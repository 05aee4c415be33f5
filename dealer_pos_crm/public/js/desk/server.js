/** Calls whose refusals the caller shows where the person looks, instead of in a box on top. */

export class Refusal extends Error {
	constructor({ kind, title, message, lost }) {
		super(message);
		this.kind = kind; // name of the server's exception
		this.title = title;
		this.lost = lost; // no answer came back: nobody knows whether it was done
	}
}

/** A key that makes a double click, or a second try after a lost answer, one action. */
export function new_key() {
	if (window.crypto?.randomUUID) return window.crypto.randomUUID();
	// Without https browsers offer only this.
	return Array.from(window.crypto.getRandomValues(new Uint8Array(16)), (byte) =>
		byte.toString(16).padStart(2, "0")
	).join("");
}

function messages_of(answer) {
	try {
		return JSON.parse(answer?._server_messages || "[]").map((row) => JSON.parse(row));
	} catch {
		return [];
	}
}

export function call(method, args, { type = "POST" } = {}) {
	return new Promise((resolve, reject) => {
		let answer = null;
		frappe.call({
			method,
			args,
			type,
			silent: true,
			always: (data) => (answer = data),
			callback: (r) => {
				const messages = messages_of(r);
				if (messages.length) frappe.msgprint(messages);
				resolve(r.message);
			},
			error: (r) => reject(refusal(answer || r, r)),
		});
	});
}

function refusal(answer, failure) {
	const messages = messages_of(answer);
	const raised = messages.filter((row) => row.raise_exception);
	const shown = raised.length ? raised : messages;
	const status = failure?.status ?? answer?.status; // without an answer Frappe hands the request itself over
	const lost = !answer?.exc_type && [0, 502, 503, 504].includes(status);
	return new Refusal({
		kind: answer?.exc_type,
		title: shown[0]?.title,
		lost,
		message: lost
			? __("No answer came back. Try again: if it was done already, it is not done twice.")
			: shown.map((row) => row.message).join("<br>") ||
			  __("The server could not do this. Try again."),
	});
}
