/** Taking a deposit: how it is paid, then one button. */

import { ask } from "../desk/ask";
import { html, fill } from "../desk/html";
import { call } from "../desk/server";
import { exact, money } from "../desk/words";
import { wait_for } from "../vehicle/waiting_list";
import { Tenders } from "./tenders";

export function take_deposit(doc, facts, done) {
	let tenders = null;
	const dialog = ask({
		title: __("Take Deposit of {0}", [money(doc.amount, doc.currency)]),
		fields: [{ fieldtype: "HTML", fieldname: "tenders" }],
		label: __("Take {0}", [money(doc.amount, doc.currency)]),
		working: __("Taking…"),
		problem: () => (tenders ? tenders.problem : " "),
		sentence: () => sentence(doc, facts),
		submit: (_values, key) =>
			call("dealer_pos_crm.api.deposit.take", {
				deposit: doc.name,
				tenders: tenders.values,
				client_key: key,
			}),
		remedies: {
			BuyerUnknown: (refusal) => ({
				label: __("Record Payer"),
				run: () =>
					frappe
						.require("dealer_counter.bundle.js")
						.then(() => dealer.counter.cash_report.recorded(refusal, doc)),
			}),
			VehicleHeld: (_refusal, shown) => ({
				label: __("Add to Waiting List"),
				run: () =>
					wait_for(
						{
							vehicle: doc.vehicle,
							customer: doc.customer,
							customer_name: doc.customer_name,
						},
						() => shown.hide()
					),
			}),
		},
		done: (answer) => done(answer),
	});
	tenders = new Tenders(
		dialog.fields_dict.tenders.$wrapper,
		{
			amount: doc.amount,
			currency: doc.currency,
			modes: facts.modes,
			usual: facts.usual_mode,
		},
		() => dialog.dlr_refresh()
	);
	dialog.dlr_refresh();
	dialog.focus_on_first_input = () => tenders.rows[0].mode.trigger("focus");
	return dialog;
}

function sentence(doc, facts) {
	const what = facts.vehicle?.title || doc.held_for;
	const held =
		doc.vehicle && doc.hold_until
			? fill(__("{0} is held for {1} until {2}."), [
					html`<b>${what}</b>`,
					doc.customer_name,
					html`<b>${exact(doc.hold_until)}</b>`,
			  ])
			: fill(__("No vehicle is held; the money is for {0}."), [html`<b>${what}</b>`]);
	return html`${__("The payments add up.")} ${held}`;
}
