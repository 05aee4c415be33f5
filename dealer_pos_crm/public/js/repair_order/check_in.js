/** Check-in: who, which car, what it shows and what it comes for. Opens the repair order, once. */

import { ask } from "../desk/ask";
import { companies, usual_company } from "../desk/dealership";
import { fill, html, link, pill } from "../desk/html";
import { call } from "../desk/server";
import { clock, exact, money, when } from "../desk/words";
import { recalls } from "./overview";

const GET = { type: "GET" };
const SEVERITY = { Red: "red", Yellow: "yellow", Green: "green" };

/**
 * @param {{appointment?: string, customer?: string, vehicle?: string, company?: string}} known
 * @param {(name: string) => void} [done] else the repair order opens
 */
export async function check_in(known = {}, done) {
	const usual = known.company || usual_company(frappe.defaults.get_default("company"));
	let facts = await context({ ...known, company: usual });
	if (facts.appointment?.repair_order) {
		frappe.set_route("Form", "Repair Order", facts.appointment.repair_order);
		return null;
	}
	const booked = facts.appointment;
	// A field that cannot be changed shows the bare name otherwise.
	if (facts.vehicle) frappe.utils.add_link_title("Dealer Vehicle", facts.vehicle.name, facts.vehicle.title);
	if (facts.customer) frappe.utils.add_link_title("Customer", facts.customer.name, facts.customer.customer_name);
	const taken = new Set((booked?.works || []).map((row) => row.declined_service).filter(Boolean));
	const chosen = new Set();
	const company = booked?.company || usual;
	let asked = 0;
	const total = () =>
		[...(booked?.works || []), ...(facts.declined || []).filter((row) => chosen.has(row.name))].reduce(
			(sum, row) => sum + flt(row.price),
			0
		);
	let dialog = null; // its fields ask about each other while it is drawn

	const learn = async () => {
		if (!dialog) return;
		const { customer, vehicle } = dialog.get_values(true) || {};
		const mine = ++asked;
		if (!customer && !vehicle) return;
		const found = await context({ customer, vehicle, company });
		if (mine !== asked) return;
		facts = { ...found, appointment: booked };
		if (!vehicle && found.cars.length === 1) return dialog.set_value("vehicle", found.cars[0].name);
		if (!customer && found.vehicle?.customer) return dialog.set_value("customer", found.vehicle.customer);
		chosen.clear();
		draw();
	};

	dialog = ask({
		title: booked ? __("Check In: {0}", [facts.customer?.customer_name || booked.name]) : __("Check In"),
		size: "large",
		fields: [
			{ fieldtype: "HTML", fieldname: "known" },
			{ fieldtype: "Section Break" },
			{
				fieldtype: "Link",
				fieldname: "customer",
				label: __("Customer"),
				options: "Customer",
				reqd: 1,
				default: facts.customer?.name || known.customer,
				read_only: booked ? 1 : 0,
				get_query: () => ({ filters: { disabled: 0 } }),
				onchange: learn,
			},
			{
				fieldtype: "Link",
				fieldname: "vehicle",
				label: __("Vehicle"),
				options: "Dealer Vehicle",
				reqd: 1,
				default: facts.vehicle?.name || known.vehicle,
				read_only: booked ? 1 : 0,
				description: __("By plate, VIN tail, make or stock number"),
				onchange: learn,
			},
			{
				fieldtype: "Small Text",
				fieldname: "concern",
				label: __("Concern, in the customer's words"),
				default: booked?.concern,
				max_height: "70px",
			},
			...(companies().length > 1
				? [
						{
							fieldtype: "Link",
							fieldname: "company",
							label: __("Company"),
							options: "Company",
							default: company,
							reqd: 1,
							get_query: () => ({ filters: { name: ["in", companies()] } }),
						},
				  ]
				: []),
			{ fieldtype: "Column Break" },
			{ fieldtype: "Int", fieldname: "mileage_in", label: __("Mileage In"), reqd: 1 },
			{
				fieldtype: "Data",
				fieldname: "mileage_explanation",
				label: __("Why Lower Than Before"),
				hidden: 1,
				description: __("Odometer replaced, rolled over, earlier reading wrong"),
			},
			{
				fieldtype: "Select",
				fieldname: "fuel_level",
				label: __("Fuel"),
				options: ["", "Empty", "1⁄4", "1⁄2", "3⁄4", "Full"],
			},
			{ fieldtype: "Data", fieldname: "tag", label: __("Tag") },
			{ fieldtype: "Datetime", fieldname: "promised_at", label: __("Promised"), default: facts.promise },
			{ fieldtype: "Section Break" },
			{
				fieldtype: "Small Text",
				fieldname: "damage_notes",
				label: __("Damage on Arrival"),
				max_height: "60px",
			},
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Check",
				fieldname: "authorised",
				label: __("The customer agrees to this work at these prices"),
				hidden: booked?.works?.length ? 0 : 1,
			},
			{
				fieldtype: "Data",
				fieldname: "authorised_by",
				label: __("Who Agrees"),
				default: facts.customer?.customer_name,
				depends_on: "eval:doc.authorised",
			},
			{ fieldtype: "Section Break" },
		],
		label: __("Check In"),
		missing: (values) => {
			if (is_lower() && (values.mileage_explanation || "").trim().length < 3)
				return __("The odometer showed {0} before. Correct the mileage, or say why it is lower.", [
					facts.last_mileage.toLocaleString(),
				]);
			if (values.authorised && !(values.authorised_by || "").trim())
				return __("Write who agrees.");
			if (facts.customer?.disabled) return __("This customer is disabled.");
			return null;
		},
		sentence: ({ promised_at, authorised, authorised_by }) => html`${
			promised_at
				? fill(__("The repair order opens now. Promised {0}."), [
						html`<b title="${exact(promised_at)}">${clock(promised_at)}, ${when(promised_at)}</b>`,
				  ])
				: __("The repair order opens now.")
		} ${
			authorised
				? fill(__("{0} authorises {1} net."), [authorised_by, html`<b>${money(total(), currency())}</b>`])
				: ""
		}`,
		submit: (values, key) => {
			const { authorised, authorised_by, ...rest } = values;
			delete rest.known;
			return call("dealer_pos_crm.api.repair_order.check_in", {
				client_key: key,
				values: {
					...rest,
					company: rest.company || company,
					appointment: booked?.name,
					contact_phone: booked?.contact_phone || facts.customer?.mobile_no,
					contact_by: booked?.contact_by,
					advisor: booked?.advisor,
					declined: [...chosen],
					authorised_by: authorised ? authorised_by : null,
					authorised_amount: authorised ? total() : null,
				},
			});
		},
		done: (name) => (done ? done(name) : frappe.set_route("Form", "Repair Order", name)),
	});

	function currency() {
		return (booked?.works?.[0] || facts.declined?.[0])?.currency;
	}

	function is_lower() {
		const now = dialog?.get_value?.("mileage_in");
		return Boolean(now && facts.last_mileage && now < facts.last_mileage);
	}

	function draw() {
		const area = dialog.fields_dict.known.$wrapper;
		area.html(String(html`<div class="dlr-known">${told(facts, taken)}</div>`));
		area.off("change").on("change", "[data-declined]", (event) => {
			const name = event.currentTarget.dataset.declined;
			event.currentTarget.checked ? chosen.add(name) : chosen.delete(name);
			dialog.set_df_property("authorised", "hidden", total() ? 0 : 1);
			dialog.dlr_refresh();
		});
		// Not by set_df_property: that draws the field anew and takes away what is being typed.
		dialog.fields_dict.mileage_in.set_description(
			facts.last_mileage ? __("Last reading {0}", [facts.last_mileage.toLocaleString()]) : ""
		);
		explain();
		dialog.dlr_refresh();
	}

	// Not by depends_on: Frappe would draw required fields anew and take away what is being typed.
	function explain() {
		const hidden = is_lower() ? 0 : 1;
		const field = dialog.fields_dict.mileage_explanation;
		if (field.df.hidden !== hidden) dialog.set_df_property("mileage_explanation", "hidden", hidden);
	}

	dialog.fields_dict.mileage_in.$input?.on("input", explain);
	draw();
	if (known.customer && !booked) learn();
	return dialog;
}

function context(known) {
	return call(
		"dealer_pos_crm.api.repair_order.check_in_context",
		Object.fromEntries(Object.entries(known).filter(([, value]) => value)),
		GET
	);
}

function told(facts, taken) {
	const booked = facts.appointment;
	const declined = (facts.declined || []).filter((row) => !taken.has(row.name));
	return [
		booked?.works?.length
			? html`<div class="dlr-note">
					<div>
						<b>${__("Booked")}</b>
						<div class="dlr-lines">
							${booked.works.map(
								(row) => html`<div class="dlr-line">
									<span>${row.title}${row.declined_service ? html` ${pill(__("declined before"), "orange")}` : ""}</span>
									<span class="dlr-money">${money(row.price, row.currency)}</span>
								</div>`
							)}
						</div>
					</div>
			  </div>`
			: "",
		facts.open_orders?.length
			? html`<div class="dlr-note dlr-note-orange">
					<div>
						${fill(__("This vehicle is in the shop already: {0}"), [
							facts.open_orders.map(
								(row, at) =>
									html`${at ? ", " : ""}${link("Repair Order", row.name)} (${__(row.status)})`
							),
						])}
					</div>
			  </div>`
			: "",
		facts.owner && facts.customer
			? html`<div class="dlr-note dlr-note-orange">
					<div>
						${fill(__("In our books the vehicle belongs to {0}. Correct its owner if it was sold."), [
							html`<b>${link("Customer", facts.owner.name, facts.owner.customer_name)}</b>`,
						])}
					</div>
			  </div>`
			: "",
		recalls(facts.recalls || []),
		declined.length
			? html`<div class="dlr-note dlr-note-orange">
					<div>
						<b>${__("Declined before: take up again?")}</b>
						<div class="dlr-lines">
							${declined.map(
								(row) => html`<label class="dlr-line">
									<span>
										<input type="checkbox" data-declined="${row.name}" />
										${pill(__(row.severity), SEVERITY[row.severity] || "gray")} ${row.service_name}
										<span class="dlr-small">${when(row.declined_on)}</span>
									</span>
									<span class="dlr-money">${money(row.price, row.currency)}</span>
								</label>`
							)}
						</div>
					</div>
			  </div>`
			: "",
	];
}
