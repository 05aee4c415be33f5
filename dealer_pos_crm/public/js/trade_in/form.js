/** A trade-in: what car it is, what our books know about it, what it is worth, what is owed on it. */

import { ask } from "../desk/ask";
import { companies, usual_company } from "../desk/dealership";
import { html, link, ours } from "../desk/html";
import { call } from "../desk/server";
import { watch_vin } from "../vehicle/form";

const OPEN = ["To Appraise", "Appraised", "Accepted"];
const SERIOUS = ["in_stock", "other_owner", "twice"];

export function setup(frm) {
	ours(frm);
	frm.set_query("company", () => ({ filters: { name: ["in", companies()] } }));
	frm.set_query("deal", () => ({ filters: { customer: frm.doc.customer } }));
}

export async function refresh(frm) {
	watch_vin(frm);
	if (frm.is_new()) return begin(frm);
	buttons(frm);
	let rows = [];
	try {
		rows = await call("dealer_pos_crm.api.trade_in.warnings", { trade_in: frm.doc.name }, { type: "GET" });
	} catch {
		return; // the fields say the same, only less well
	}
	frm.fields_dict.overview.$wrapper.html(String(overview(frm.doc, rows)));
}

async function begin(frm) {
	const company = usual_company(frm.doc.company);
	if (company && company !== frm.doc.company) frm.set_value("company", company);
	if (frm.doc.deal && !frm.doc.customer) {
		const { message } = await frappe.db.get_value("Deal Jacket", frm.doc.deal, [
			"customer",
			"company",
		]);
		if (message?.customer) frm.set_value({ customer: message.customer, company: message.company });
	}
}

function overview(doc, rows) {
	const money = (amount) => dealer.money(amount, doc.currency);
	const told = rows.map(
		(row) => html`<div class="dlr-note ${SERIOUS.includes(row.code) ? "dlr-note-red" : "dlr-note-orange"}">
			<div>${row.text} ${row.name === doc.name ? "" : link(row.doctype, row.name)}</div>
		</div>`
	);
	const figures =
		doc.allowance || doc.payoff
			? html`<div class="dlr-columns">
					<div><div class="dlr-label">${__("Allowance")}</div><b>${money(doc.allowance)}</b></div>
					<div><div class="dlr-label">${__("Payoff")}</div><b>${money(doc.payoff)}</b></div>
					<div>
						<div class="dlr-label">
							${doc.equity < 0 ? __("Negative equity") : __("Equity")}
						</div>
						<b class="${doc.equity < 0 ? "dlr-red" : ""}"
							>${doc.equity < 0 ? "−" : ""}${money(Math.abs(doc.equity))}</b
						>
					</div>
			  </div>`
			: "";
	return html`${told}<div class="dlr-pad">${figures}</div>`;
}

function buttons(frm) {
	const { status } = frm.doc;
	if (frm.fields_dict.actual_cash_value?.disp_status === "Write" && OPEN.slice(0, 2).includes(status)) {
		frm.page.set_primary_action(__("Appraise"), () => appraise(frm));
	}
	if (OPEN.includes(status) && frm.perm[0]?.write) {
		frm.add_custom_button(__("Not Taken"), () => decline(frm));
	}
	if (frm.doc.deal) {
		frm.add_custom_button(__("Open Deal"), () => frappe.set_route("Form", "Deal Jacket", frm.doc.deal));
	}
}

function appraise(frm) {
	const { doc } = frm;
	ask({
		title: __("Appraise {0}", [doc.vehicle_title || doc.name]),
		fields: [
			{
				fieldtype: "Currency",
				fieldname: "value",
				label: __("Actual Cash Value"),
				reqd: 1,
				default: doc.actual_cash_value || null,
				description: __("What the car is worth to us. The customer does not see it"),
			},
			{
				fieldtype: "Currency",
				fieldname: "allowance",
				label: __("Allowance"),
				reqd: 1,
				default: doc.allowance || null,
				description: __("What we allow for it on the deal"),
			},
			{
				fieldtype: "Currency",
				fieldname: "recon_estimate",
				label: __("Recon Estimate"),
				default: doc.recon_estimate || null,
			},
			{
				fieldtype: "Date",
				fieldname: "valid_until",
				label: __("Offer Valid Until"),
				default: frappe.datetime.add_days(frappe.datetime.get_today(), 7),
			},
		],
		label: __("Appraise"),
		sentence: ({ value, allowance }) => {
			if (!value || !allowance) return "";
			const over = flt(allowance) - flt(value);
			const amount = dealer.money(Math.abs(over), doc.currency);
			if (!over) return __("The allowance is what the car is worth.");
			return over > 0
				? __("{0} more than it is worth: over-allowance of the deal.", [amount])
				: __("{0} less than it is worth.", [amount]);
		},
		submit: (values) => call("dealer_pos_crm.api.trade_in.appraise", { trade_in: doc.name, ...values }),
		done: () => frm.reload_doc(),
	});
}

function decline(frm) {
	ask({
		title: __("Car Is Not Taken"),
		fields: [{ fieldtype: "Small Text", fieldname: "reason", label: __("Why"), reqd: 1 }],
		label: __("Not Taken"),
		submit: ({ reason }) => call("dealer_pos_crm.api.trade_in.decline", { trade_in: frm.doc.name, reason }),
		done: () => frm.reload_doc(),
	});
}
