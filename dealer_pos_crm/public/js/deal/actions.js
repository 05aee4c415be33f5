/** What a person does with a deal besides opening and losing it. */

import { ask } from "../desk/ask";
import { call } from "../desk/server";

export function move(doc, to, done, { contract = false } = {}) {
	if (!contract) {
		return call("dealer_pos_crm.api.deal.move", { deal: doc.name, to }).then(done);
	}
	return ask({
		title: __("Take the Contract Back"),
		fields: [{ fieldtype: "Small Text", fieldname: "reason", label: __("Why"), reqd: 1 }],
		label: __("Take Back"),
		sentence: () => __("The contract is not signed any more; the deal goes to {0}.", [__(to)]),
		submit: (values) =>
			call("dealer_pos_crm.api.deal.move", { deal: doc.name, to, reason: values.reason }),
		done,
	});
}

export function hold(doc, done) {
	return ask({
		title: __("Hold the Vehicle for This Deal"),
		fields: [
			{
				fieldtype: "Datetime",
				fieldname: "until",
				label: __("Until"),
				description: __("Empty: as long as the settings say"),
			},
		],
		label: __("Hold"),
		submit: (values) =>
			call("dealer_pos_crm.api.deal.hold", { deal: doc.name, until: values.until || null }),
		done,
	});
}

export function let_go(doc, done) {
	return ask({
		title: __("Release the Vehicle"),
		fields: [{ fieldtype: "Data", fieldname: "reason", label: __("Why"), reqd: 1 }],
		label: __("Release"),
		sentence: () => __("Others can have it; a deposit of this customer keeps it all the same."),
		submit: (values) =>
			call("dealer_pos_crm.api.deal.let_go", { deal: doc.name, reason: values.reason }),
		done,
	});
}

export function change_vehicle(doc, done) {
	return ask({
		title: __("Change Vehicle"),
		fields: [
			{
				fieldtype: "Link",
				fieldname: "to",
				label: __("Vehicle"),
				options: "Dealer Vehicle",
				reqd: 1,
				get_query: () => ({
					filters: {
						status: ["in", ["In Recon", "Front-line Ready", "On Hold"]],
						name: ["!=", doc.vehicle || ""],
						company: doc.company,
					},
				}),
			},
			{ fieldtype: "Data", fieldname: "reason", label: __("Why"), reqd: 1 },
		],
		label: __("Change"),
		sentence: () =>
			doc.deposits_held
				? __("The old car is free, the new one held; the deposit moves with the deal.")
				: __("The old car is free, the new one held where the old one was."),
		submit: (values, key) =>
			call("dealer_pos_crm.api.deal.change_vehicle", {
				deal: doc.name,
				to: values.to,
				reason: values.reason,
				client_key: key,
			}),
		done,
	});
}

export function reopen(doc, done) {
	return ask({
		title: __("Open the Deal Again"),
		fields: [{ fieldtype: "Data", fieldname: "reason", label: __("Why"), reqd: 1 }],
		label: __("Open Again"),
		submit: (values) =>
			call("dealer_pos_crm.api.deal.reopen", { deal: doc.name, reason: values.reason }),
		done,
	});
}

export function take_deposit(doc) {
	frappe.new_doc("Deposit", {
		customer: doc.customer,
		company: doc.company,
		vehicle: doc.vehicle,
		deal: doc.name,
		salesperson: doc.salesperson,
		held_for: doc.vehicle ? undefined : doc.wanted,
		kind: doc.vehicle ? "Hold" : "Order",
		department: "Sales",
	});
}
