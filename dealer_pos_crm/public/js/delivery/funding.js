/** The contract and its lender: sent, returned with what it wants, paid in full or short. */

import { ask } from "../desk/ask";
import { html, fill } from "../desk/html";
import { call } from "../desk/server";
import { money } from "../desk/words";

export function send(doc, facts, done) {
	const of = facts.funding;
	const today = frappe.datetime.get_today();
	return ask({
		title: __("Send to {0}", [of.lender]),
		fields: [
			{ fieldtype: "Date", fieldname: "on", label: __("Sent On"), reqd: 1, default: today },
			{
				fieldtype: "Date",
				fieldname: "due_on",
				label: __("Money Expected On"),
				reqd: 1,
				default: frappe.datetime.add_days(today, of.funding_days),
				description: __("{0} usually pays in {1} days", [of.lender, of.funding_days]),
			},
			{
				fieldtype: "Data",
				fieldname: "reference",
				label: __("Lender's Reference"),
				default: of.reference,
			},
		],
		label: __("Sent"),
		problem: ({ on, due_on }) =>
			on && due_on && due_on < on ? __("The money cannot be due before the contract is sent.") : null,
		sentence: () =>
			fill(__("{0} is due from the lender; who sold the deal is reminded when it is late."), [
				html`<b>${money(of.open, facts.currency)}</b>`,
			]),
		submit: ({ on, due_on, reference }) =>
			call("dealer_pos_crm.api.delivery.send_to_lender", { deal: doc.name, on, due_on, reference }),
		done,
	});
}

export function returned(doc, facts, done) {
	return ask({
		title: __("Returned by {0}", [facts.funding.lender]),
		fields: [
			{
				fieldtype: "Small Text",
				fieldname: "reason",
				label: __("What the lender wants before it pays"),
				reqd: 1,
			},
		],
		label: __("Returned"),
		sentence: () => __("The contract waits for this. Send it again when it is there."),
		submit: ({ reason }) => call("dealer_pos_crm.api.delivery.returned_by_lender", { deal: doc.name, reason }),
		done,
	});
}

export function fund(doc, facts, done) {
	const of = facts.funding;
	const rest = (values) => flt((of.open - flt(values.amount)).toFixed(6), 6);
	const show = (amount) => html`<b>${money(Math.abs(amount), facts.currency)}</b>`;
	return ask({
		title: __("{0} Paid", [of.lender]),
		fields: [
			{
				fieldtype: "Currency",
				fieldname: "amount",
				label: __("Amount Received ({0})", [facts.currency]),
				reqd: 1,
				default: of.open,
			},
			{
				fieldtype: "Select",
				fieldname: "mode_of_payment",
				label: __("Paid with"),
				reqd: 1,
				options: facts.modes.map((row) => row.name),
				default: facts.modes.find((row) => row.name !== facts.usual_mode)?.name || facts.usual_mode,
			},
			{ fieldtype: "Data", fieldname: "reference_no", label: __("Reference") },
			...(facts.may_decide
				? [
						{
							fieldtype: "Data",
							fieldname: "difference_reason",
							label: __("If the amount differs: why the difference is booked"),
							description: __("Leave empty when the rest is still to come"),
							length: 140,
						},
				  ]
				: []),
		],
		label: __("Funded"),
		working: __("Booking…"),
		problem: (values) =>
			rest(values) < 0 && !values.difference_reason
				? __("{0} is more than is open ({1}).", [
						money(values.amount, facts.currency),
						money(of.open, facts.currency),
				  ])
				: null,
		sentence: (values) => {
			const left = rest(values);
			if (!left) return __("Then the contract is paid in full.");
			if (values.difference_reason) {
				return left > 0
					? fill(__("{0} is booked as a loss, and nothing stays open."), [show(left)])
					: fill(__("{0} more than the contract is booked as a gain."), [show(left)]);
			}
			return fill(__("{0} stays open."), [show(left)]);
		},
		submit: (values, key) =>
			call("dealer_pos_crm.api.delivery.fund", {
				deal: doc.name,
				client_key: key,
				amount: values.amount,
				mode_of_payment: values.mode_of_payment,
				reference_no: values.reference_no,
				difference_reason: (rest(values) && values.difference_reason) || null,
			}),
		done: (answer) => {
			frappe.show_alert({
				message:
					answer.funding_outstanding > 0
						? __("Booked. {0} is still open", [money(answer.funding_outstanding, facts.currency)])
						: __("Funded"),
				indicator: answer.funding_outstanding > 0 ? "orange" : "green",
			});
			done(answer);
		},
	});
}

export function book_difference(doc, facts, done) {
	return ask({
		title: __("Book the Rest as a Difference"),
		fields: [{ fieldtype: "Data", fieldname: "reason", label: __("Why"), reqd: 1, length: 140 }],
		label: __("Book"),
		danger: true,
		sentence: () =>
			fill(__("{0} will not come and goes to the account for funding differences."), [
				html`<b>${money(facts.funding.open, facts.currency)}</b>`,
			]),
		submit: ({ reason }) => call("dealer_pos_crm.api.delivery.book_difference", { deal: doc.name, reason }),
		done,
	});
}
