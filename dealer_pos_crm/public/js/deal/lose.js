/** A deal that comes to nothing: why, and what becomes of each deposit, in one dialog. */

import { ask } from "../desk/ask";
import { fill, html, link } from "../desk/html";
import { call } from "../desk/server";
import { money } from "../desk/words";

const GET = { type: "GET" };

export async function lose(doc, done) {
	const [held, reasons] = await Promise.all([
		frappe.model.can_read("Deposit")
			? call("dealer_pos_crm.api.deal.held_deposits", { deal: doc.name }, GET)
			: Promise.resolve([]),
		frappe.db.get_list("Deal Lost Reason", {
			filters: { enabled: 1 },
			fields: ["name", "needs_note"],
			order_by: "creation",
			limit: 100,
		}),
	]);
	const may_settle =
		frappe.model.can_write("Deposit") && frappe.model.can_submit("Payment Entry");
	const needs_note = (values) =>
		reasons.find((row) => row.name === values.reason)?.needs_note && !(values.note || "").trim();

	return ask({
		title: __("Deal Lost: {0}", [doc.customer_name || doc.name]),
		fields: [
			{
				fieldtype: "Select",
				fieldname: "reason",
				label: __("Why"),
				reqd: 1,
				options: [
					{ value: "", label: "" },
					...reasons.map((row) => ({ value: row.name, label: __(row.name) })),
				],
			},
			{ fieldtype: "Small Text", fieldname: "note", label: __("Note") },
			...(may_settle ? held.flatMap((row, at) => deposit_fields(row, at)) : []),
		],
		label: __("Deal Lost"),
		danger: true,
		problem: () =>
			held.length && !may_settle
				? __("Money of the customer is held: {0}. The cashier or a manager settles it and loses the deal.", [
						held.map((row) => row.name).join(", "),
				  ])
				: null,
		missing: (values) => {
			if (needs_note(values)) return __("Say in a few words what it was.");
			for (const [at, row] of held.entries()) {
				if (!values[`do_${at}`]) return __("What becomes of deposit {0}?", [row.name]);
				if (values[`do_${at}`] === "Move" && !values[`to_${at}`]) {
					return __("Which vehicle does deposit {0} move to?", [row.name]);
				}
			}
			return null;
		},
		sentence: (values) => {
			const asks = held.some((row, at) => values[`do_${at}`] === "Refund" && row.approval);
			return asks
				? __("The refund waits for a second person; the deal stays open until then.")
				: __("The car is free again, open appointments are cancelled, and its follow-ups end.");
		},
		submit: (values, key) =>
			call("dealer_pos_crm.api.deal.lose", {
				deal: doc.name,
				reason: values.reason,
				note: values.note,
				deposits: held.map((row, at) => ({
					deposit: row.name,
					do: values[`do_${at}`],
					to_vehicle: values[`to_${at}`] || null,
					client_key: `${key}:${at}`,
				})),
			}),
		done: (answer) => {
			if (!answer.lost) {
				frappe.msgprint({
					title: __("Not Lost Yet"),
					indicator: "orange",
					message: String(
						fill(__("A manager decides about the refund of {0}. Lose the deal after that."), [
							html`${answer.waiting.map((name) => html`${link("Deposit", name)} `)}`,
						])
					),
				});
			}
			done?.(answer);
		},
	});
}

function deposit_fields(row, at) {
	const amount = money(row.held_amount, row.currency);
	return [
		{
			fieldtype: "Section Break",
			label: __("Deposit {0}: {1} held for {2}", [
				row.name,
				amount,
				row.vehicle_title || row.held_for || __("an order"),
			]),
		},
		{
			fieldtype: "Select",
			fieldname: `do_${at}`,
			label: __("What becomes of it"),
			reqd: 1,
			options: [
				{ value: "", label: "" },
				{
					value: "Refund",
					label: row.approval ? __("Refund {0} (to be approved)", [amount]) : __("Refund {0}", [amount]),
				},
				{ value: "Move", label: __("Move to another vehicle") },
				{ value: "Keep", label: __("Keep for another car, not chosen yet") },
			],
			description: row.approval || "",
		},
		{
			fieldtype: "Link",
			fieldname: `to_${at}`,
			label: __("To Vehicle"),
			options: "Dealer Vehicle",
			depends_on: `eval:doc.do_${at}=='Move'`,
			get_query: () => ({
				filters: { status: ["in", ["In Recon", "Front-line Ready", "On Hold"]], name: ["!=", row.vehicle] },
			}),
		},
	];
}
