/** What the board begins; the forms and dialogs of the documents do it. */

import { is_booked } from "./cards";

const BUTTONS = {
	check_in: "Check In",
	answer: "Record Answer",
	invoice: "Invoice",
	collect: "Collect",
	hand_over: "Hand Over",
};

export function begin(step, card) {
	return on_form(is_booked(card) ? "Service Appointment" : "Repair Order", card.name, BUTTONS[step]);
}

/** Open the form and press its button, once it is there. Without that button the form is what is needed. */
async function on_form(doctype, name, button) {
	await frappe.set_route("Form", doctype, name);
	const label = __(button);
	for (let wait = 0; wait < 40; wait++) {
		const frm = window.cur_frm;
		if (frm?.doctype === doctype && frm.doc?.name === name && !frappe.request.ajax_count) {
			const found = frm.page.wrapper
				.find(".page-actions button:visible, .page-actions .dropdown-item")
				.filter((_, element) => element.textContent.trim() === label)
				.get(0);
			if (found) return found.click();
		}
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

export function new_walk_in(company) {
	frappe.new_doc("Repair Order", company ? { company } : {});
}

export function new_appointment(company) {
	frappe.new_doc("Service Appointment", company ? { company } : {});
}
