/** What the board begins: the dialogs of the documents, right here. */

import { record_answer } from "../repair_order/answer";
import { close, parts } from "../repair_order/work";

const GET = { type: "GET" };
const STEPS = {
	check_in: ({ name }, done) => dealer.repair_order.check_in({ appointment: name }, done),
	async answer({ name }, done) {
		const [doc, facts] = await Promise.all([
			order(name),
			dealer.call("dealer_pos_crm.api.repair_order.get_overview", { order: name }, GET),
		]);
		const rows = doc.jobs.filter((row) => row.answer === "Pending");
		if (rows.length) record_answer(doc, facts, rows, done);
		else done(); // somebody else has recorded it since
	},
	parts_arrived: async ({ name }, done) => parts(await order(name), true, done),
	close: async ({ name }, done) => close(await order(name), done),
	invoice: async ({ name }, done) => dealer.service_billing.invoice(await order(name), done),
	collect: async ({ name }, done) => dealer.service_billing.collect(await order(name), done),
	hand_over: async ({ name }, done) => dealer.service_billing.hand_over(await order(name), done),
};

/** @param {(made: any) => void} done when it was done; a check-in names the order that it opened */
export function begin(step, card, done) {
	return STEPS[step](card, done);
}

function order(name) {
	return frappe.db.get_doc("Repair Order", name);
}

export function new_walk_in(company, done) {
	return dealer.repair_order.check_in(company ? { company } : {}, done);
}

export function new_appointment(company) {
	frappe.new_doc("Service Appointment", company ? { company } : {});
}
