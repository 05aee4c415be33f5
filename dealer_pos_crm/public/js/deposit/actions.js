/** What can be done with a deposit once its money is held: a short dialog each. */

import { ask } from "../desk/ask";
import { html, fill, trusted } from "../desk/html";
import { no_reason, reason_field } from "../desk/reason";
import { call } from "../desk/server";
import { exact, money } from "../desk/words";
import * as ways from "../refund/ways";
import { wait_for } from "../vehicle/waiting_list";

function amount_field(doc, most) {
	return {
		fieldtype: "Currency",
		fieldname: "amount",
		label: __("Amount ({0})", [doc.currency]),
		options: "currency",
		default: most,
		reqd: 1,
	};
}

function act(doc, action, values, key) {
	return call("dealer_pos_crm.api.deposit.act", {
		deposit: doc.name,
		action,
		values,
		client_key: key,
	});
}

function what_of(doc, facts) {
	return facts.vehicle?.title || doc.held_for;
}

function amount_problem(doc, amount, most, than) {
	if (!(amount > 0)) return __("Enter an amount.");
	if (amount > most)
		return __("{0} is more than {1} ({2})", [
			money(amount, doc.currency),
			than,
			money(most, doc.currency),
		]);
	return null;
}

/** The held amount, or the part of it that is named. */
export function apply(doc, facts, done, chosen) {
	const invoices = facts.invoices;
	const by_name = Object.fromEntries(invoices.map((row) => [row.name, row]));
	const first = chosen || invoices[0]?.name;
	const most = (name) => Math.min(doc.held_amount, by_name[name]?.outstanding_amount ?? 0);
	const dialog = ask({
		title: __("Apply to Invoice"),
		fields: [
			{
				fieldtype: "Autocomplete",
				fieldname: "sales_invoice",
				label: __("Sales Invoice"),
				reqd: 1,
				default: first,
				read_only: chosen || invoices.length === 1 ? 1 : 0,
				max_items: 100,
				options: invoices.map((row) => ({
					value: row.name,
					label: row.name,
					description: __("{0} open, of {1}", [
						money(row.outstanding_amount, row.currency),
						frappe.datetime.str_to_user(row.posting_date),
					]),
				})),
				onchange: () =>
					dialog && dialog.set_value("amount", most(dialog.get_value("sales_invoice"))),
			},
			amount_field(doc, most(first)),
		],
		label: __("Apply"),
		problem: ({ sales_invoice, amount }) => {
			if (!by_name[sales_invoice])
				return __("Choose an open invoice of {0}.", [doc.customer_name]);
			return (
				amount_problem(doc, amount, doc.held_amount, __("what is held")) ||
				amount_problem(
					doc,
					amount,
					by_name[sales_invoice].outstanding_amount,
					__("what is open on the invoice")
				)
			);
		},
		sentence: ({ sales_invoice, amount }) => {
			const open = flt(by_name[sales_invoice].outstanding_amount - amount, 6);
			const left = flt(doc.held_amount - amount, 6);
			const paid = fill(__("{0} of the deposit pays {1}."), [
				html`<b>${money(amount, doc.currency)}</b>`,
				html`<b>${sales_invoice}</b>`,
			]);
			return html`${paid}
			${open ? __("{0} stays open on it.", [money(open, doc.currency)]) : __("It is then paid in full.")}
			${left ? __("{0} stays held.", [money(left, doc.currency)]) : __("Nothing stays held.")}`;
		},
		submit: (values, key) =>
			act(doc, "Apply", { sales_invoice: values.sales_invoice, amount: values.amount }, key),
		done,
	});
	return dialog;
}

function refund_approval(facts, amount, mode) {
	const why = amount > facts.approval.limit ? facts.approval["Refund above"] : facts.approval.Refund;
	if (why) return why;
	const parts = ways.drawn(facts.ways, amount);
	if (ways.leaves_card(parts, mode) && facts.approval["Other way"]) return facts.approval["Other way"];
	return parts.find((part) => part.card && part.part > part.limit)?.approval_above || null;
}

function trusted_problem(text) {
	return text ? trusted(text) : null;
}

function asks_first(why) {
	return html`${__("A manager is asked first.")} ${why}.`;
}

export function refund(doc, facts, done) {
	return ask({
		title: __("Refund"),
		fields: [
			amount_field(doc, doc.held_amount),
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Select",
				fieldname: "mode_of_payment",
				label: __("Paid Back With"),
				options: [
					{ value: "", label: __("The way it was paid") },
					...facts.modes.map((mode) => ({ value: mode.name, label: __(mode.name) })),
				],
			},
			{ fieldtype: "Section Break", hide_border: 1 },
			reason_field(),
			{ fieldtype: "Data", fieldname: "reference_no", label: __("Reference") },
		],
		label: __("Refund"),
		problem: ({ amount }) =>
			amount_problem(doc, amount, doc.held_amount, __("what is held")) ||
			trusted_problem(ways.problem(ways.drawn(facts.ways, amount))),
		missing: no_reason,
		sentence: ({ amount, mode_of_payment }) => {
			const why = refund_approval(facts, amount, mode_of_payment);
			const left = flt(doc.held_amount - amount, 6);
			const then = left
				? fill(__("{0} stays held."), [money(left, doc.currency)])
				: doc.vehicle && facts.vehicle?.hold?.ours
				? fill(__("{0} is free again."), [html`<b>${what_of(doc, facts)}</b>`])
				: "";
			if (why) return asks_first(why);
			const parts = ways.drawn(facts.ways, amount);
			return html`${ways.sentence(parts, mode_of_payment, doc.currency, doc.customer_name)} ${then}`;
		},
		submit: ({ amount, mode_of_payment, reference_no, reason }, key) =>
			act(doc, "Refund", { amount, mode_of_payment, reference_no, reason }, key),
		done: (answer) => {
			ways.tell(answer.card_refunds);
			return done?.(answer);
		},
	});
}

export function forfeit(doc, facts, done) {
	const why = facts.approval.Forfeit;
	return ask({
		title: __("Forfeit"),
		danger: !why,
		fields: [reason_field()],
		label: why ? __("Ask to Forfeit") : __("Keep {0}", [money(doc.held_amount, doc.currency)]),
		missing: no_reason,
		sentence: () =>
			why
				? asks_first(why)
				: fill(__("{0} is kept: {1} gets an invoice over it, paid by this deposit."), [
						html`<b>${money(doc.held_amount, doc.currency)}</b>`,
						html`<b>${doc.customer_name}</b>`,
				  ]),
		submit: ({ reason }, key) => act(doc, "Forfeit", { amount: doc.held_amount, reason }, key),
		done,
	});
}

export function move(doc, facts, done) {
	const dialog = ask({
		title: __("Move to Another Vehicle"),
		fields: [
			{
				fieldtype: "Link",
				fieldname: "to_vehicle",
				label: __("Vehicle"),
				options: "Dealer Vehicle",
				only_select: 1,
				get_query: () => ({
					filters: {
						company: doc.company,
						name: ["!=", doc.vehicle || ""],
						status: ["in", ["In Recon", "Front-line Ready", "On Hold"]],
					},
				}),
			},
			{
				fieldtype: "Data",
				fieldname: "to_held_for",
				label: __("Or: what the money is for"),
				depends_on: "eval:!doc.to_vehicle",
			},
			{
				fieldtype: "Datetime",
				fieldname: "hold_until",
				label: __("Hold Until"),
				default: doc.hold_until,
				depends_on: "to_vehicle",
			},
			reason_field(),
		],
		label: __("Move"),
		problem: (values) =>
			!values.to_vehicle && !(values.to_held_for || "").trim()
				? __("Choose the vehicle, or write what the money is for.")
				: null,
		missing: no_reason,
		sentence: ({ to_vehicle, hold_until }) => {
			const freed = facts.vehicle?.hold?.ours
				? fill(__("{0} is free again."), [html`<b>${facts.vehicle.title}</b>`])
				: "";
			const held =
				to_vehicle && hold_until
					? fill(__("The new one is held until {0}."), [exact(hold_until)])
					: "";
			return html`${__("No money moves.")} ${freed} ${held}`;
		},
		submit: ({ to_vehicle, to_held_for, hold_until, reason }, key) =>
			act(
				doc,
				"Move",
				{ to_vehicle, to_held_for: to_vehicle ? null : to_held_for, hold_until, reason },
				key
			),
		remedies: {
			VehicleHeld: (_refusal, shown) => ({
				label: __("Add to Waiting List"),
				run: () =>
					wait_for(
						{
							vehicle: shown.get_value("to_vehicle"),
							customer: doc.customer,
							customer_name: doc.customer_name,
						},
						() => shown.hide()
					),
			}),
		},
		done,
	});
	return dialog;
}

export function extend(doc, facts, done) {
	const later = (days) => {
		const base =
			doc.hold_until > frappe.datetime.now_datetime()
				? doc.hold_until
				: frappe.datetime.now_datetime();
		return moment(base).add(days, "days").format(frappe.defaultDatetimeFormat);
	};
	const dialog = ask({
		title: __("Extend Hold"),
		fields: [
			{ fieldtype: "HTML", fieldname: "quick" },
			{
				fieldtype: "Datetime",
				fieldname: "hold_until",
				label: __("Hold Until"),
				default: later(3),
				reqd: 1,
			},
			reason_field(),
		],
		label: __("Extend Hold"),
		problem: (values) => {
			const now = frappe.datetime.now_datetime();
			return !values.hold_until || values.hold_until <= now
				? __("Choose a later time.")
				: null;
		},
		missing: no_reason,
		sentence: ({ hold_until }) =>
			fill(__("{0} is kept for {1} until {2}."), [
				html`<b>${what_of(doc, facts)}</b>`,
				html`<b>${doc.customer_name}</b>`,
				html`<b>${exact(hold_until)}</b>`,
			]),
		submit: ({ hold_until, reason }, key) =>
			act(doc, "Extend Hold", { hold_until, reason }, key),
		done,
	});
	dialog.fields_dict.quick.$wrapper
		.html(
			String(html`<div class="dlr-chips" role="group" aria-label="${__("Extend by")}">
				${[1, 3, 7].map(
					(
						days
					) => html`<button type="button" class="btn btn-default btn-xs" data-days="${days}">
						${days === 1 ? __("+1 day") : __("+{0} days", [days])}
					</button>`
				)}
			</div>`)
		)
		.on("click", "[data-days]", (event) =>
			dialog
				.set_value("hold_until", later(cint(event.currentTarget.dataset.days)))
				.then(dialog.dlr_refresh)
		);
	return dialog;
}

export function cancel_payment(doc, facts, done) {
	const why = facts.approval.Cancel;
	return ask({
		title: __("Cancel Payment"),
		danger: !why,
		fields: [reason_field()],
		label: why ? __("Ask to Cancel") : __("Cancel Payment"),
		missing: no_reason,
		sentence: () =>
			why
				? asks_first(why)
				: fill(__("Today's payment of {0} is cancelled, as if it had not been taken."), [
						html`<b>${money(doc.taken_amount, doc.currency)}</b>`,
				  ]),
		submit: ({ reason }, key) => act(doc, "Cancel", { reason }, key),
		done,
	});
}
