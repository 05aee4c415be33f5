/** Billing on the Repair Order form: the next step, the menu, and who owes and paid what. */

import { offer, offer_hold } from "../card/buttons";
import { html, link, meet, person, pill, trusted } from "../desk/html";
import { call } from "../desk/server";
import { money, when } from "../desk/words";
import { is_working } from "../repair_order/status";
import { apply_deposit, collect, facts_of, hand_over, invoice } from "./dialogs";

const COLORS = { "Not Invoiced": "gray", Unpaid: "orange", "Partly Paid": "orange", Paid: "green" };
const PAY_TYPES = {
	Customer: __("Customer"),
	Warranty: __("Warranty"),
	Deductible: __("Deductible"),
	Internal: __("Internal"),
};

export function payment_color(status) {
	return COLORS[status] || "gray";
}

const again = (frm) => () => frm.reload_doc();

const takes_money = () => frappe.model.can_submit("Payment Entry");

// The server asks again: these only say whose screen gets the button.
const LANE = [
	"Dealer Service Advisor",
	"Dealer Cashier",
	"Dealer Sales Manager",
	"Dealer Service Manager",
	"Dealer Manager",
	"System Manager",
];
const is_one_of = (roles) => roles.some((role) => frappe.user_roles.includes(role));
const invoices = () => is_one_of([...LANE, "Dealer Accountant"]);
const hands_over = () => is_one_of(LANE);

function is_due(doc) {
	return doc.status === "Ready" && (doc.jobs || []).some((job) => job.answer === "Approved");
}

/** The one button of the form once the lane has none: {label, run}, or nothing. */
export function next_step(frm) {
	const { doc } = frm;
	if (is_due(doc) && invoices()) {
		return { label: __("Invoice"), run: () => invoice(doc, again(frm)) };
	}
	if (doc.status === "Invoiced" && doc.outstanding > 0 && takes_money()) {
		return { label: __("Collect"), run: () => collect(doc, again(frm)) };
	}
	if (doc.status === "Invoiced" && !(doc.outstanding > 0) && hands_over()) {
		return { label: __("Hand Over"), run: () => hand_over(doc, again(frm)) };
	}
	return null;
}

/** What else billing offers, and the money tab. */
export function menu(frm) {
	const { doc } = frm;
	const group = __("Money");
	// The lane offers its next step to whoever edits the order; at the counter it is this one.
	if (is_due(doc) && invoices() && !frappe.model.can_write(doc.doctype)) {
		frm.page.set_primary_action(__("Invoice"), () => invoice(doc, again(frm)));
	}
	if (doc.status === "Invoiced" && doc.outstanding > 0 && hands_over()) {
		frm.add_custom_button(__("Hand Over"), () => hand_over(doc, again(frm)), group);
	}
	if (doc.status === "Closed" && doc.outstanding > 0 && takes_money()) {
		frm.add_custom_button(__("Collect"), () => collect(doc, again(frm)), group);
	}
	if (["Invoiced", "Closed"].includes(doc.status) && doc.outstanding > 0) offer(frm, { group });
	if (is_working(doc)) offer_hold(frm, { group });
	if (doc.handed_over_at && doc.status === "Closed") {
		frm.add_custom_button(__("Gate Pass"), () => print_order(doc, "Gate Pass 80 mm"), __("Print"));
	}
	if (doc.jobs?.length) {
		frm.add_custom_button(__("Customer Copy"), () => print_order(doc, "Repair Order Copy"), __("Print"));
	}
	if (is_working(doc) && doc.jobs?.length) {
		frm.add_custom_button(__("Estimate"), () => print_estimate(frm), __("Print"));
	}
	show_money(frm);
}

/** The paper in a window of its own, where the browser prints it. */
export function print_order(doc, format) {
	const query = new URLSearchParams({
		doctype: doc.doctype,
		name: doc.name,
		format,
		no_letterhead: 0,
	});
	window.open(frappe.urllib.get_full_url(`/printview?${query}`), "_blank");
}

/** An estimate gets its number when it is first printed. */
async function print_estimate(frm) {
	const { doc } = frm;
	if (doc.estimate_number || !frappe.model.can_write(doc.doctype)) {
		return print_order(doc, "Service Estimate");
	}
	try {
		await call("dealer_pos_crm.api.service_billing.number_estimate", { order: doc.name });
	} catch (refusal) {
		return frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" });
	}
	print_order(doc, "Service Estimate");
	frm.reload_doc();
}

async function show_money(frm) {
	const area = frm.fields_dict.money_overview?.$wrapper;
	if (!area) return;
	if (!frappe.model.can_read("Sales Invoice")) return area.empty(); // the work, not the money
	const name = frm.doc.name;
	if (area.data("order") !== name) area.empty();
	area.data("order", name);
	if (["Open", "In Progress", "Cancelled"].includes(frm.doc.status) && !frm.doc.invoiced_at) {
		if (frm.doc.payment_status === "Not Invoiced" || !frm.doc.payment_status) return area.empty();
	}
	let facts;
	try {
		facts = await facts_of(name);
	} catch (refusal) {
		area.html(
			String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`)
		);
		return;
	}
	if (frm.doc.name !== name) return;
	meet(facts.people);
	area.html(String(overview(facts)));
	area.off("click.dlr").on("click.dlr", "[data-dlr=apply-deposit]", (event) => {
		const row = facts.deposits.find((one) => one.name === event.currentTarget.dataset.name);
		apply_deposit(row, again(frm));
	});
	if (facts.deposits.some((row) => row.invoice) && frappe.model.can_write("Deposit")) {
		frm.add_custom_button(
			__("Apply Deposit"),
			() => apply_deposit(facts.deposits.find((row) => row.invoice), again(frm)),
			__("Money")
		);
	}
}

function overview(facts) {
	return html`<div class="dlr-billing">
		${drafts(facts)} ${bills(facts)} ${payments(facts)} ${deposits(facts)} ${claims(facts)}
	</div>`;
}

function drafts(facts) {
	if (!facts.drafts.length) return "";
	return html`<div class="dlr-note dlr-note-orange">
		<div>
			${__("A draft invoice of this order exists. Submit it or delete it:")}
			${facts.drafts.map((name) => html`${link("Sales Invoice", name)} `)}
		</div>
	</div>`;
}

function table(title, heads, rows, empty) {
	return html`<div class="dlr-heading">${title}</div>
		${rows.length
			? html`<div class="dlr-scroll">
					<table class="table dlr-table">
						<thead>
							<tr>
								${heads.map((head) => html`<th class="${head.money ? "dlr-money" : ""}">${head.label}</th>`)}
							</tr>
						</thead>
						<tbody>
							${rows}
						</tbody>
					</table>
			  </div>`
			: html`<div class="text-muted dlr-small">${empty}</div>`}`;
}

function bills(facts) {
	const show = (amount) => (amount === null ? "–" : money(amount, facts.currency));
	const rows = facts.bills.map(
		(row) => html`<tr class="${row.stands ? "" : "text-muted"}">
			<td>${link(row.doctype, row.name)}</td>
			<td>${PAY_TYPES[row.pay_type]}</td>
			<td class="dlr-wrap">${row.payer_name || "–"}</td>
			<td class="dlr-money">${show(row.amount)}</td>
			<td class="dlr-money">${show(row.open)}</td>
			<td>${bill_state(row)}</td>
		</tr>`
	);
	return table(
		__("Bills"),
		[
			{ label: __("Document") },
			{ label: __("Pay Type") },
			{ label: __("Payer") },
			{ label: __("Amount"), money: true },
			{ label: __("Open"), money: true },
			{ label: "" },
		],
		rows,
		__("Nothing is invoiced yet.")
	);
}

function bill_state(row) {
	if (!row.stands) return pill(__("Credited"), "gray");
	if (row.open === null) return pill(__("Booked"), "gray");
	if (row.open < 0) return pill(__("Credit"), "blue");
	if (!row.open) return pill(__("Paid"), "green");
	return row.at_counter ? pill(__("To collect"), "orange") : pill(__("On account"), "blue");
}

function payments(facts) {
	const rows = facts.payments.map(
		(row) => html`<tr class="${row.docstatus === 2 ? "text-muted" : ""}">
			<td>${link("Payment Entry", row.name)}</td>
			<td>${row.dealer_deposit ? link("Deposit", row.dealer_deposit) : __(row.mode_of_payment || "–")}</td>
			<td class="dlr-wrap">${row.party_name}</td>
			<td class="dlr-money">${money(row.docstatus === 2 ? row.paid_amount : row.here, facts.currency)}</td>
			<td>${person(row.owner)}</td>
			<td>${when(row.creation)}</td>
			<td>
				${row.docstatus === 2
					? pill(__("Cancelled"), "red")
					: row.unallocated_amount > 0 && !row.dealer_deposit
					? pill(__("{0} free", [money(row.unallocated_amount, facts.currency)]), "blue")
					: ""}
			</td>
		</tr>`
	);
	return table(
		__("Payments"),
		[
			{ label: __("Document") },
			{ label: __("Paid with") },
			{ label: __("Payer") },
			{ label: __("Amount"), money: true },
			{ label: __("Taken by") },
			{ label: __("When") },
			{ label: "" },
		],
		rows,
		__("No money was taken yet.")
	);
}

function deposits(facts) {
	if (!facts.deposits.length) return "";
	return html`<div class="dlr-heading">${__("Deposits Held")}</div>
		${facts.deposits.map(
			(row) => html`<div class="dlr-note dlr-note-blue">
				<div>
					<b>${money(row.held_amount, row.currency)}</b> ${__("for")}
					${row.vehicle_title || row.held_for} (${link("Deposit", row.name)})
				</div>
				${row.invoice && frappe.model.can_write("Deposit")
					? html`<div class="dlr-buttons">
							<button class="btn btn-default btn-sm" data-dlr="apply-deposit" data-name="${row.name}">
								${__("Apply to {0}", [row.invoice])}
							</button>
					  </div>`
					: ""}
			</div>`
		)}`;
}

const CLAIM_COLORS = {
	"To Submit": "orange",
	Submitted: "blue",
	"Partly Paid": "yellow",
	Paid: "green",
	Denied: "red",
};

export function claim_color(status) {
	return CLAIM_COLORS[status] || "gray";
}

function claims(facts) {
	if (!facts.claims.length) return "";
	const rows = facts.claims.map(
		(row) => html`<tr>
			<td>${link("Manufacturer Claim", row.name)}</td>
			<td>${row.claim_number || "–"}</td>
			<td class="dlr-wrap">${row.manufacturer}</td>
			<td class="dlr-money">${money(row.claimed_amount, facts.currency)}</td>
			<td class="dlr-money">${money(row.paid_amount, facts.currency)}</td>
			<td>${pill(__(row.status), claim_color(row.status))}</td>
		</tr>`
	);
	return table(
		__("Warranty Claims"),
		[
			{ label: __("Claim") },
			{ label: __("Number") },
			{ label: __("Payer") },
			{ label: __("Claimed"), money: true },
			{ label: __("Paid"), money: true },
			{ label: "" },
		],
		rows,
		""
	);
}
