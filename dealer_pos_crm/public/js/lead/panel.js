/** Who a lead may be and which car it is about, on the Lead form: side by side, with the decision beside it. */

import { fill, html, link, pill, raw } from "../desk/html";
import { call } from "../desk/server";
import { money, when } from "../desk/words";

const GET = { type: "GET" };

export async function show(frm) {
	const field = frm.fields_dict.dealer_panel;
	if (!field) return;
	const name = frm.doc.name;
	if (field.dlr_of !== name) {
		// Nobody shall see the last lead's candidates above this one's name.
		field.dlr_of = name;
		field.$wrapper.html('<div class="dlr-lead dlr-skeleton"></div>');
	}
	let told;
	try {
		told = await call("dealer_pos_crm.api.lead.get_panel", { lead: name }, GET);
	} catch (refusal) {
		if (frm.doc.name === name) field.$wrapper.html(String(trouble(refusal)));
		return;
	}
	if (frm.doc.name !== name) return; // another lead is open by now
	field.$wrapper.html(String(panel(frm.doc, told)));
	const may = frm.perm[0]?.write;
	field.$wrapper.find("button[data-do]").each((_at, element) => {
		const button = $(element);
		if (!may) return button.remove();
		button.on("click", () => run(frm, button));
	});
}

const CALLS = {
	them: ({ name }) => ["dealer_pos_crm.api.lead.this_is_them", { customer: name }],
	nobody: () => ["dealer_pos_crm.api.lead.somebody_else", {}],
	car: ({ name }) => ["dealer_pos_crm.api.lead.choose_vehicle", { vehicle: name }],
	no_car: () => ["dealer_pos_crm.api.lead.choose_vehicle", { vehicle: null }],
};

async function run(frm, button) {
	if (frm.is_dirty()) {
		return frappe.show_alert({ message: __("Save the lead first."), indicator: "orange" });
	}
	const all = frm.fields_dict.dealer_panel.$wrapper.find("button[data-do]").prop("disabled", true);
	const [method, args] = CALLS[button.data("do")](button.data());
	try {
		await call(method, { lead: frm.doc.name, ...args });
		await frm.reload_doc();
	} catch (refusal) {
		all.prop("disabled", false);
		frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" });
	}
}

function trouble(refusal) {
	return html`<div class="dlr-note dlr-note-red" role="alert">
		<div><b>${__("Who this is could not be read.")}</b> ${refusal.message}</div>
	</div>`;
}

function panel(doc, told) {
	return html`<div class="dlr-lead">
		${told.candidates.length ? candidates(doc, told.candidates) : known(doc, told)}
		${told.vehicle ? vehicle(doc, told.vehicle) : cars(doc, told.cars)} ${came(told)}
	</div>`;
}

function known(doc, told) {
	if (!doc.dealer_customer) return "";
	const deals = told.deals.map(
		(row) => html` · ${link("Deal Jacket", row.name)} <span class="dlr-small">${__(row.stage)}</span>`
	);
	return html`<div class="dlr-lead-line">
		<span class="dlr-small">${doc.dealer_state === "Converted" ? __("Customer") : __("On file as")}</span>
		<b>${link("Customer", doc.dealer_customer, told.customer_name)}</b>${deals}
	</div>`;
}

// Who

function candidates(doc, rows) {
	const many = rows.length > 1;
	return html`<section class="dlr-lead-card dlr-lead-ask" aria-label="${__("Is this a customer on file?")}">
		<h4 class="dlr-lead-question">
			${many
				? __("{0} customers on file come into question. Which one is it?", [rows.length])
				: __("Is this a customer on file?")}
		</h4>
		${rows.map((row) => candidate(doc, row))}
		<div class="dlr-lead-foot">
			<button type="button" class="btn btn-default btn-sm" data-do="nobody">
				${many ? __("None of Them") : __("Somebody Else")}
			</button>
			<span class="dlr-small">${__("Then converting makes a new customer.")}</span>
		</div>
	</section>`;
}

function candidate(doc, row) {
	const reasons = row.reasons.map((reason) =>
		pill(reason.text, reason.points > 0 ? "green" : reason.points < 0 ? "orange" : "gray")
	);
	return html`<div class="dlr-lead-candidate">
		<div class="dlr-lead-head">
			<b>${link("Customer", row.customer, row.customer_name)}</b>
			<span class="dlr-lead-reasons">${reasons}</span>
			<button type="button" class="btn btn-default btn-sm" data-do="them" data-name="${row.customer}">
				${__("This Is Them")}
			</button>
		</div>
		<table class="dlr-lead-facts">
			<thead>
				<tr>
					<th scope="col"><span class="sr-only">${__("Fact")}</span></th>
					<th scope="col">${__("Asks")}</th>
					<th scope="col">${__("On file")}</th>
				</tr>
			</thead>
			<tbody>
				${row.facts
					.filter((fact) => fact.asks || fact.on_file)
					.map(
						(fact) => html`<tr class="${fact.same ? "dlr-same" : ""}">
							<th scope="row">${fact.label}</th>
							<td>${fact.asks || "-"}</td>
							<td>
								${fact.on_file || "-"}
								${fact.same ? html`<span class="dlr-small">${__("the same")}</span>` : ""}
							</td>
						</tr>`
					)}
				${row.vehicles.length
					? html`<tr>
							<th scope="row">${__("Owns")}</th>
							<td>${doc.dealer_trade ? fill(__("trades in: {0}"), [doc.dealer_trade]) : "-"}</td>
							<td>${row.vehicles.join(", ")}</td>
					  </tr>`
					: ""}
			</tbody>
		</table>
	</div>`;
}

// Which car

function facts_of(car) {
	return [
		car.stock_number,
		car.mileage ? __("{0} mi", [format_number(car.mileage, null, 0)]) : "",
		car.color,
	]
		.filter(Boolean)
		.join(" · ");
}

function photo(car) {
	return car.photo
		? html`<img class="dlr-lead-photo" src="${raw(encodeURI(car.photo))}" alt="" loading="lazy" />`
		: html`<span class="dlr-lead-photo" aria-hidden="true"></span>`;
}

const COLORS = { "Front-line Ready": "green", Sold: "gray", "On Hold": "orange" };

function car_row(car, button) {
	return html`<div class="dlr-lead-car">
		${photo(car)}
		<span class="dlr-lead-car-text">
			${link("Dealer Vehicle", car.name, car.title)}
			<span class="dlr-small">${facts_of(car)}</span>
		</span>
		${pill(__(car.status), COLORS[car.status] || "blue")}
		<span class="dlr-money">${car.price ? money(car.price, car.currency) : ""}</span>
		${button}
	</div>`;
}

function vehicle(doc, car) {
	return html`<section class="dlr-lead-card" aria-label="${__("Vehicle of interest")}">
		<div class="dlr-label">${__("Vehicle of interest")}</div>
		${car_row(
			car,
			html`<button type="button" class="btn btn-default btn-xs" data-do="no_car">${__("Another")}</button>`
		)}
		${["Sold", "Customer-owned"].includes(car.status)
			? html`<div class="dlr-small dlr-orange">${__("This car is gone. Offer another.")}</div>`
			: ""}
	</section>`;
}

function cars(doc, rows) {
	if (!doc.dealer_wanted) return "";
	const none = html`<div class="dlr-small">
		${__("No car in stock comes near. The vehicle of interest can be chosen below.")}
	</div>`;
	return html`<section class="dlr-lead-card" aria-label="${__("Cars that come near")}">
		<div class="dlr-label">${fill(__("Wants {0}; in stock"), [html`<b>${doc.dealer_wanted}</b>`])}</div>
		${rows.length
			? rows.map((car) =>
					car_row(
						car,
						html`<button type="button" class="btn btn-default btn-xs" data-do="car" data-name="${car.name}">
							${__("Choose")}
						</button>`
					)
			  )
			: none}
	</section>`;
}

// How it came in

function came({ messages }) {
	if (!messages.length) return "";
	const by = { "E-mail": __("by e-mail"), HTTP: __("over the network"), File: __("as a file"), "Web Form": __("from the web form") };
	return html`<div class="dlr-small">
		${messages.map(
			(row, at) => html`${at ? " · " : ""}${fill(__("Came in {0} {1} {2}"), [
				by[row.channel],
				row.provider ? fill(__("from {0}"), [row.provider]) : "",
				when(row.received_at),
			])}
			${link("Lead Intake", row.name, __("message {0}", [row.name]))}`
		)}
	</div>`;
}
