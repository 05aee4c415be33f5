/** A new deal: whose and which car, with the deals there are told before the button is pressed. */

import { ask } from "../desk/ask";
import { companies, usual_company } from "../desk/dealership";
import { fill, html, link, trusted } from "../desk/html";
import { call } from "../desk/server";

const GET = { type: "GET" };

/**
 * @param {object} given customer, vehicle, company, lead: what is known already
 * @param {(deal: string) => void} [done]
 */
export function begin(given = {}, done = null) {
	let facts = null;
	let asked = "";
	const dialog = ask({
		title: given.lead ? __("New Deal From a Lead") : __("New Deal"),
		fields: [
			{
				fieldtype: "Link",
				fieldname: "customer",
				label: __("Customer"),
				options: "Customer",
				default: given.customer,
				reqd: given.lead ? 0 : 1,
				description: given.lead ? __("Empty: the lead's own, or a new customer") : "",
				get_query: () => ({ filters: { disabled: 0 } }),
			},
			{
				fieldtype: "Link",
				fieldname: "vehicle",
				label: __("Vehicle"),
				options: "Dealer Vehicle",
				default: given.vehicle,
				get_query: () => ({
					filters: { status: ["in", ["In Recon", "Front-line Ready", "On Hold"]] },
				}),
			},
			{
				fieldtype: "Data",
				fieldname: "wanted",
				label: __("Wants"),
				description: __("While there is no car yet: year, make, model"),
				depends_on: "eval:!doc.vehicle",
			},
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Select",
				fieldname: "deal_type",
				label: __("Deal Type"),
				options: ["", "Cash", "Finance", "Lease"],
			},
			{
				fieldtype: "Link",
				fieldname: "salesperson",
				label: __("Salesperson"),
				options: "User",
				description: __("Empty: you, or who looks after the customer"),
				get_query: () => ({ filters: { enabled: 1, user_type: "System User" } }),
			},
			{
				fieldtype: "Link",
				fieldname: "company",
				label: __("Company"),
				options: "Company",
				reqd: 1,
				hidden: companies().length === 1,
				default: usual_company(given.company),
				get_query: () => ({ filters: { name: ["in", companies()] } }),
			},
			{ fieldtype: "Section Break" },
			{ fieldtype: "HTML", fieldname: "known" },
		],
		label: __("Open Deal"),
		sentence: () => "",
		missing: (values) => {
			look(values);
			return !given.lead && !values.vehicle && !values.wanted
				? __("Choose the vehicle, or write what the customer wants.")
				: null;
		},
		submit: (values, key) => {
			if (given.lead) {
				return call("dealer_pos_crm.api.deal.open_from_lead", {
					lead: given.lead,
					customer: values.customer,
					vehicle: values.vehicle,
					client_key: key,
				});
			}
			const { known, ...rest } = values;
			return call("dealer_pos_crm.api.deal.open_deal", { values: rest, client_key: key });
		},
		done: (deal) => (done ? done(deal) : frappe.set_route("Form", "Deal Jacket", deal)),
	});

	async function look(values) {
		const now = [values.customer, values.vehicle].join("|");
		if (now === asked) return;
		asked = now;
		const area = dialog.fields_dict.known.$wrapper;
		if (!values.customer && !values.vehicle) return area.empty();
		try {
			facts = await call(
				"dealer_pos_crm.api.deal.get_context",
				{ customer: values.customer, vehicle: values.vehicle },
				GET
			);
		} catch {
			return;
		}
		if (asked === now) area.html(String(known(facts)));
	}
	return dialog;
}

function known(facts) {
	const rows = [];
	if (facts.held) rows.push(html`<div class="dlr-note dlr-note-orange"><div>${trusted(facts.held)}</div></div>`);
	for (const row of facts.deals) {
		rows.push(html`<div class="dlr-small">
			${fill(__("The customer has {0}: {1}, {2}"), [
				link("Deal Jacket", row.name),
				row.vehicle_title || row.wanted || __("no vehicle yet"),
				__(row.stage),
			])}
		</div>`);
	}
	for (const row of facts.others) {
		rows.push(html`<div class="dlr-small">
			${fill(__("Also on this car: {0} of {1}, {2}"), [
				link("Deal Jacket", row.name),
				row.customer_name || row.customer,
				__(row.stage),
			])}
		</div>`);
	}
	return html`${rows}`;
}
