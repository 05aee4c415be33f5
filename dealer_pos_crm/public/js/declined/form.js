/** The Declined Service form: what was declined, and the two ways on: book it, or give it up for a reason. */

import { ask } from "../desk/ask";
import { fill, html, intro, link, ours } from "../desk/html";
import { call } from "../desk/server";
import { money, when } from "../desk/words";
import { severity, until } from "./status";

export function setup(frm) {
	ours(frm);
}

export function refresh(frm) {
	const { doc } = frm;
	frm.set_currency_labels(["price", "recovered_amount"], doc.currency);
	frm.toggle_display(["vehicle_title", "customer_name"], false); // the links show them
	frm.disable_save();
	frm.page.clear_primary_action();
	tell(frm);
	const alive = ["Open", "Booked"].includes(doc.status);
	if (alive && !frm.perm[0]?.write) return;
	if (doc.status === "Open" && frappe.model.can_create("Service Appointment")) {
		frm.page.set_primary_action(__("Book Appointment"), () => book(doc));
	}
	if (alive) {
		for (const reason of ["Done Elsewhere", "Sold the Car", "Opted Out", "Entered by Mistake"]) {
			frm.add_custom_button(__(reason), () => close(frm, reason), __("Give Up"));
		}
	} else if (doc.status === "Closed" && doc.closed_reason !== "Answer Taken Back" && frm.perm[0]?.write) {
		frm.add_custom_button(__("Open Again"), () => reopen(frm));
	}
}

function tell(frm) {
	const { doc } = frm;
	const lines = [];
	if (doc.status === "Open") {
		lines.push(
			html`${severity(doc.severity)} ${fill(__("{0}, declined {1} on {2}"), [
				html`<b>${money(doc.price, doc.currency)}</b>`,
				when(doc.declined_on),
				link("Repair Order", doc.repair_order),
			])} ${until(doc)}`
		);
		if (doc.times_declined > 1) {
			lines.push(
				html`<div>
					${fill(__("Declined {0} times since {1}; it counts once."), [
						doc.times_declined,
						when(doc.first_declined_on),
					])}
				</div>`
			);
		}
	} else if (doc.status === "Booked") {
		lines.push(
			fill(__("Booked: {0}"), [link("Service Appointment", doc.booked_appointment)])
		);
	} else if (doc.status === "Recovered") {
		lines.push(
			fill(__("Won back {0} on {1}: {2}"), [
				when(doc.recovered_on),
				link("Repair Order", doc.recovered_order),
				html`<b>${money(doc.recovered_amount, doc.currency)}</b>`,
			])
		);
	} else {
		lines.push(
			html`${__(doc.closed_reason)} · ${when(doc.closed_on)}
			${doc.closed_note ? html`<div>${doc.closed_note}</div>` : ""}`
		);
	}
	const colors = { Open: "orange", Booked: "blue", Recovered: "green", Closed: "gray" };
	intro(frm, html`${lines}`, colors[doc.status]);
}

/** An appointment for this work: who, which car and what are known already. */
export function book(row) {
	frappe.new_doc(
		"Service Appointment",
		{
			customer: row.customer,
			vehicle: row.vehicle,
			company: row.company,
			concern: __("Comes back for: {0}", [row.service_name]),
		},
		(doc) => {
			const job = frappe.model.add_child(doc, "Service Appointment Job", "jobs");
			Object.assign(job, {
				service_name: row.service_name,
				labor_operation: row.labor_operation,
				price: row.price,
				currency: row.currency,
				declined_service: row.name,
			});
		}
	);
}

const SENTENCES = {
	"Done Elsewhere": () => __("The work is done. Nobody asks for it any more."),
	"Sold the Car": () =>
		__("All open work that this customer declined on this vehicle is given up."),
	"Opted Out": () =>
		__("The customer does not want to be asked: all open work of this customer is given up."),
	"Entered by Mistake": () => __("It was never declined, and counts in no figure."),
};

export function close(frm, reason) {
	const mistake = reason === "Entered by Mistake";
	return ask({
		title: __("{0}: {1}", [__(reason), frm.doc.service_name]),
		label: __("Give Up"),
		fields: [
			{
				fieldtype: "Data",
				fieldname: "note",
				label: mistake ? __("What was wrong") : __("Note"),
				reqd: mistake ? 1 : 0,
			},
		],
		sentence: () => SENTENCES[reason](),
		submit: ({ note }) => call("dealer_pos_crm.api.declined.close", { declined_service: frm.doc.name, reason, note }),
		done: (closed) => {
			if (closed.length > 1) {
				frappe.show_alert({
					message: __("{0} pieces of declined work were given up", [closed.length]),
					indicator: "blue",
				});
			}
			frm.reload_doc();
		},
	});
}

function reopen(frm) {
	return ask({
		title: __("Open Again: {0}", [frm.doc.service_name]),
		label: __("Open Again"),
		fields: [{ fieldtype: "Data", fieldname: "reason", label: __("Reason"), reqd: 1 }],
		sentence: () => __("The closing is taken back, and the follow-ups that it ended stand again."),
		submit: ({ reason }) => call("dealer_pos_crm.api.declined.reopen", { declined_service: frm.doc.name, reason }),
		done: () => frm.reload_doc(),
	});
}
