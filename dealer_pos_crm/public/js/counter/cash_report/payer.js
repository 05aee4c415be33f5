/** Who pays: recorded at the counter before much cash is taken (Form 8300), and the button that asks for it. */

import { ask } from "../../desk/ask";
import { fill, html } from "../../desk/html";
import { call } from "../../desk/server";
import { money } from "../../desk/words";

const API = "dealer_pos_crm.api.cash_report.";
const DOCUMENTS = ["Driver license", "State ID card", "Passport", "Military ID", "Alien registration card"];
const ALWAYS = [
	["payer_first_name", () => __("First Name")],
	["payer_last_name", () => __("Last Name")],
	["payer_born_on", () => __("Born On")],
	["payer_street", () => __("Street")],
	["payer_city", () => __("City")],
	["payer_occupation", () => __("Occupation or Business")],
	["id_document", () => __("Document Seen")],
	["id_issued_by", () => __("Issued By")],
];

/**
 * Asks who pays and keeps it. Resolves with true once everything is recorded.
 *
 * @param {object} about
 * @param {string} about.customer
 * @param {string} about.company
 * @param {string} [about.deal]
 * @param {string} [about.customer_name]
 */
export async function enter({ customer, company, deal, customer_name }) {
	const [known, position] = await Promise.all([
		call(`${API}get_payer`, { customer, company }, { type: "GET" }),
		call(`${API}get_position`, { customer, company }, { type: "GET" }),
	]);
	return new Promise((resolve) => {
		let complete = false;
		const dialog = ask({
			title: __("Who Pays?"),
			size: "large",
			fields: fields(known),
			label: __("Record Payer"),
			sentence: () => sentence(customer_name || customer, position),
			missing: (values) => missing(values, known.held),
			submit: (values) =>
				call(`${API}record_payer`, { customer, company, deal, told: told(values) }),
			done: (answer) => {
				complete = answer.complete;
				if (!complete) {
					frappe.show_alert({
						message: __("Still missing: {0}", [answer.missing.map((label) => __(label)).join(", ")]),
						indicator: "orange",
					});
				} else {
					frappe.show_alert({ message: __("Recorded. Go on with the payment."), indicator: "green" });
				}
				resolve(complete);
			},
		});
		const leave = dialog.onhide;
		dialog.onhide = () => {
			leave?.();
			setTimeout(() => resolve(complete), 300); // after "done" when it was recorded
		};
		for (const name of ["payer_tin", "id_number", "behalf_tin"]) {
			dialog.fields_dict[name].$input?.attr({ autocomplete: "off", spellcheck: "false" });
		}
	});
}

/** For `ask`: what helps when cash was refused because nobody knows who pays. */
export const remedies = (about) => ({
	BuyerUnknown: (refusal) => ({
		label: __("Record Payer"),
		run: () => recorded(refusal, about),
	}),
});

/** Rejects with the refusal when the dialog was left: the button is there again. */
export async function recorded(refusal, about) {
	const complete = await enter(typeof about === "function" ? about() : about);
	if (!complete) throw refusal;
}

function sentence(name, position) {
	return html`${
		position?.amount
			? fill(__("{0} has paid {1} in cash that is counted together. Above {2} it is reported to the IRS on Form 8300."), [
					html`<b>${name}</b>`,
					html`<b>${money(position.amount, "USD")}</b>`,
					money(position.limit, "USD"),
			  ])
			: fill(__("More than $10,000 in cash of {0} is reported to the IRS on Form 8300."), [html`<b>${name}</b>`])
	}
		<div class="dlr-small">${__(
			"Look at the document itself. A refused taxpayer id does not stop the payment; it is filed as refused."
		)}</div>`;
}

function told(values) {
	const found = {};
	for (const [name, value] of Object.entries(values)) {
		if (!name.startsWith("dlr_")) found[name] = typeof value === "string" ? value.trim() : value;
	}
	return found;
}

function missing(values, held) {
	const abroad = values.payer_country && !["US", "USA", "United States"].includes(values.payer_country);
	const wanted = [
		...ALWAYS,
		...(abroad ? [] : [["payer_state", () => __("State")], ["payer_zip", () => __("ZIP")]]),
		...(values.on_behalf
			? [
					["behalf_name", () => __("whom they pay for")],
					["behalf_address", () => __("that one's address")],
					["behalf_occupation", () => __("that one's occupation")],
			  ]
			: []),
	];
	const empty = wanted.filter(([name]) => !values[name]).map(([, label]) => label());
	if (!values.payer_tin && !held.payer_tin && !values.payer_tin_refused) {
		empty.push(__("Taxpayer Id, or that it was refused"));
	}
	if (values.on_behalf && !values.behalf_tin && !held.behalf_tin && !values.behalf_tin_refused) {
		empty.push(__("that one's taxpayer id, or that it was refused"));
	}
	if (!values.id_number && !held.id_number) empty.push(__("Number of the document"));
	return empty.length ? __("Still missing: {0}", [empty.join(", ")]) : null;
}

function fields({ payer, held }) {
	const field = (fieldname, fieldtype, label, more = {}) => ({
		fieldname,
		fieldtype,
		label,
		default: payer[fieldname],
		...more,
	});
	const number = (fieldname, label, more = {}) => ({
		fieldname,
		fieldtype: "Data",
		label,
		description: held[fieldname] ? __("On file. Leave it empty to keep it.") : "",
		...more,
	});
	const columns = { fieldtype: "Column Break" };
	return [
		field("payer_first_name", "Data", __("First Name")),
		field("payer_last_name", "Data", __("Last Name")),
		field("payer_born_on", "Date", __("Born On")),
		field("payer_occupation", "Data", __("Occupation or Business"), {
			description: __("The trade itself: plumber, retired nurse"),
		}),
		columns,
		field("payer_street", "Data", __("Street")),
		field("payer_city", "Data", __("City")),
		field("payer_state", "Data", __("State")),
		field("payer_zip", "Data", __("ZIP")),
		field("payer_country", "Data", __("Country (if not US)")),
		columns,
		field("id_document", "Select", __("Document Seen"), {
			options: ["", ...new Set([...DOCUMENTS, payer.id_document].filter(Boolean))],
		}),
		field("id_issued_by", "Data", __("Issued By"), { description: __("State or country") }),
		number("id_number", __("Its Number")),
		number("payer_tin", __("Taxpayer Id (SSN, ITIN, EIN)"), {
			depends_on: "eval:!doc.payer_tin_refused",
		}),
		field("payer_tin_refused", "Check", __("Refused to Give It")),
		{ fieldtype: "Section Break" },
		field("on_behalf", "Check", __("Pays for Somebody Else")),
		field("behalf_name", "Data", __("Name or Company"), { depends_on: "on_behalf" }),
		field("behalf_occupation", "Data", __("Occupation or Business"), { depends_on: "on_behalf" }),
		columns,
		number("behalf_tin", __("Taxpayer Id (SSN, ITIN, EIN)"), {
			depends_on: "eval:doc.on_behalf && !doc.behalf_tin_refused",
		}),
		field("behalf_tin_refused", "Check", __("Refused to Give It"), { depends_on: "on_behalf" }),
		field("behalf_address", "Small Text", __("Address"), { depends_on: "on_behalf", max_height: "60px" }),
		{ fieldtype: "Section Break" },
	];
}
