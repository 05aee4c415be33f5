/** What a person does about card money that waits. Each tells what came of it; a refusal is the caller's. */

const { ask, call } = dealer;
const API = "dealer_pos_crm.api.card_payment.";

function tell(message, indicator) {
	frappe.show_alert({ message: frappe.utils.escape_html(message), indicator }, 8);
}

export async function book(row) {
	const { booking, meaning } = await call(`${API}book_again`, { card_payment: row.name });
	const done = ["Booked", "On Account"].includes(booking);
	tell(meaning.text, done ? "green" : "orange");
}

export async function retry_call(row) {
	const { status } = await call(`${API}retry`, { attempt: row.name });
	tell(status === "Done" ? __("It is done.") : __(status), status === "Done" ? "green" : "orange");
}

export async function retry_event(row) {
	const { status, reason } = await call("dealer_pos_crm.api.gateway.retry_event", { name: row.name });
	const done = ["Done", "Ignored"].includes(status);
	tell(done ? __("It was worked on.") : reason || __(status), done ? "green" : "orange");
}

/** Resolves when the dialog is closed, whatever was decided. */
export function drop(row) {
	return new Promise((resolve) => {
		const dialog = ask({
			title: __("Drop {0}", [__(row.operation)]),
			fields: [{ fieldname: "reason", fieldtype: "Small Text", label: __("Why"), reqd: 1 }],
			label: __("Drop"),
			working: __("Asking the card provider…"),
			danger: true,
			sentence: () =>
				__(
					"The card provider is asked once more. If it knows nothing of it, it is undone in our books and never sent."
				),
			submit: ({ reason }) => call(`${API}drop`, { attempt: row.name, reason }),
			done: resolve,
		});
		dialog.$wrapper.on("hidden.bs.modal", resolve);
	});
}
