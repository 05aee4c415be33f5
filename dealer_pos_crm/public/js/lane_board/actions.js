/** What the board begins. Dialogs of the documents open here; what has none here opens the form and its step. */

import { record_answer } from "../repair_order/answer";
import { parts } from "../repair_order/work";
import { is_booked } from "./cards";

const GET = { type: "GET" };
const DONE_BY = {
	check_in: ({ name }, done) => dealer.repair_order.check_in({ appointment: name }, done),
	async answer({ name }, done) {
		const [doc, facts] = await order_and_facts(name);
		const rows = doc.jobs.filter((row) => row.answer === "Pending");
		if (rows.length) record_answer(doc, facts, rows, () => done(name));
		else done(name); // somebody else has recorded it since
	},
	async parts_arrived({ name }, done) {
		const [doc] = await order_and_facts(name);
		parts(doc, true, () => done(name));
	},
};
const BUTTONS = { invoice: "Invoice", collect: "Collect", hand_over: "Hand Over" };

/** @param {(name: string) => void} done when it was done here, on the board */
export function begin(step, card, done) {
	if (DONE_BY[step]) return DONE_BY[step](card, done);
	return on_form(is_booked(card) ? "Service Appointment" : "Repair Order", card.name, BUTTONS[step]);
}

function order_and_facts(order) {
	return Promise.all([
		frappe.db.get_doc("Repair Order", order),
		dealer.call("dealer_pos_crm.api.repair_order.get_overview", { order }, GET),
	]);
}

/** Open the form and press its button, once it is there. Without that button the form is what is needed. */
async function on_form(doctype, name, button) {
	await frappe.set_route("Form", doctype, name);
	const label = __(button);
	for (let wait = 0; wait < 50; wait++) {
		await new Promise((resolve) => setTimeout(resolve, 100));
		const frm = window.cur_frm;
		if (frm?.doctype !== doctype || frm.doc?.name !== name) continue;
		const found = frm.page.wrapper
			.find(".page-actions button:visible")
			.filter((_, element) => element.textContent.trim() === label)
			.get(0);
		if (found) return found.click();
	}
}

export function new_walk_in(company, done) {
	return dealer.repair_order.check_in(company ? { company } : {}, done);
}

export function new_appointment(company) {
	frappe.new_doc("Service Appointment", company ? { company } : {});
}
