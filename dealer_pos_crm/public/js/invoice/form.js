/** A Sales Invoice whose customer has money held: said on the draft, applied with one button afterwards. */

import { offer } from "../card/buttons";
import { apply } from "../deposit/actions";
import { is_dealership } from "../desk/dealership";
import { ask } from "../desk/ask";
import { html, fill, intro, link } from "../desk/html";
import { call } from "../desk/server";
import { money } from "../desk/words";

export function setup(frm) {
	frm.set_query("dealer_vehicle", () => ({ filters: { company: frm.doc.company } }));
	frm.set_query("dealer_repair_order", () => ({
		filters: { company: frm.doc.company, status: ["!=", "Cancelled"] },
	}));
}

/** Whether this invoice can take a deposit at all. Nothing is asked of the server before that. */
function concerns(doc) {
	return (
		doc.customer &&
		doc.company &&
		is_dealership(doc.company) &&
		doc.docstatus < 2 &&
		!cint(doc.is_return) &&
		!cint(doc.is_pos) &&
		!doc.dealer_forfeited_deposit &&
		(doc.docstatus === 0 || doc.outstanding_amount > 0) &&
		frappe.model.can_read("Deposit")
	);
}

export async function refresh(frm) {
	const { doc } = frm;
	frm.toggle_display(
		["dealer_vehicle", "dealer_repair_order"],
		Boolean(doc.company) && is_dealership(doc.company)
	);
	if (doc.docstatus === 1 && !cint(doc.is_return) && doc.outstanding_amount > 0) offer(frm);
	if (!concerns(doc)) return;
	const asked = [doc.name, doc.customer, doc.company, doc.dealer_vehicle, doc.docstatus].join(
		"|"
	);
	frm.dlr_asked = asked;
	let deposits;
	try {
		deposits = await call(
			"dealer_pos_crm.api.deposit.for_invoice",
			{ customer: doc.customer, company: doc.company, vehicle: doc.dealer_vehicle },
			{ type: "GET" }
		);
	} catch {
		return; // an invoice is written as well without it
	}
	if (frm.dlr_asked !== asked || frm.doc.name !== doc.name || !deposits.length) return;
	frm.remove_custom_button(__("Apply Deposit"));
	tell(frm, deposits);
	if (frm.doc.docstatus === 1 && frappe.model.can_write("Deposit")) {
		frm.add_custom_button(__("Apply Deposit"), () => choose(frm, deposits));
	}
}

function tell(frm, deposits) {
	const names = deposits.map(
		(row, at) =>
			html`${at ? ", " : ""}<b>${money(row.held_amount, row.currency)}</b> ${__("for")}
				${row.vehicle_title || row.held_for} (${link("Deposit", row.name)})`
	);
	const then =
		frm.doc.docstatus === 1
			? __("It can be applied to this invoice.")
			: __("Submit this invoice, then apply it with one button.");
	intro(frm, html`${fill(__("Held for this customer: {0}."), [names])} ${then}`, "blue");
}

function choose(frm, deposits) {
	if (deposits.length === 1) return open(frm, deposits[0].name);
	return ask({
		title: __("Apply Deposit"),
		fields: [
			{
				fieldtype: "Select",
				fieldname: "deposit",
				label: __("Deposit"),
				reqd: 1,
				default: deposits[0].name,
				options: deposits.map((row) => ({
					value: row.name,
					label: `${row.name} · ${money(row.held_amount, row.currency)} · ${
						row.vehicle_title || row.held_for
					}`,
				})),
			},
		],
		label: __("Next"),
		submit: async ({ deposit }) => deposit,
		done: (deposit) => open(frm, deposit),
	});
}

async function open(frm, deposit) {
	const [doc, facts] = await Promise.all([
		frappe.db.get_doc("Deposit", deposit),
		call("dealer_pos_crm.api.deposit.get_overview", { deposit }, { type: "GET" }),
	]);
	const fits =
		facts.actions.includes("Apply") && facts.invoices.some((row) => row.name === frm.doc.name);
	if (!fits) {
		frappe.msgprint({
			title: __("Not possible"),
			indicator: "orange",
			message: __("Open the deposit to see what is possible: {0}", [
				String(link("Deposit", deposit)),
			]),
		});
		return;
	}
	apply(
		doc,
		facts,
		(answer) => {
			frappe.show_alert({
				message:
					answer.status === "Done" ? __("Deposit applied") : __("A manager was asked"),
				indicator: answer.status === "Done" ? "green" : "orange",
			});
			frm.reload_doc();
		},
		frm.doc.name
	);
}
