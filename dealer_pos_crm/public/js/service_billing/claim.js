/** A warranty claim: sent, paid, paid short, denied. */

import { ask } from "../desk/ask";
import { html, fill, intro, link, ours } from "../desk/html";
import { call } from "../desk/server";
import { money } from "../desk/words";
import { claim_color } from "./form";

export { claim_color };

export function open_amount(doc) {
	return flt(doc.claimed_amount - doc.paid_amount - doc.difference, 6);
}

export function refresh_claim(frm) {
	ours(frm);
	intro(frm, "");
	const { doc } = frm;
	if (frm.is_new()) {
		frm.disable_save();
		intro(frm, __("A claim comes with the warranty invoice of its repair order."), "blue");
		return;
	}
	const may = frappe.model.can_write(doc.doctype);
	const takes = frappe.model.can_submit("Payment Entry");
	const done = () => frm.reload_doc();
	tell(frm);
	if (!may || frm.is_dirty()) return;
	if (doc.status === "To Submit") {
		frm.page.set_primary_action(__("Submitted"), () => submit(doc, done));
	} else if (["Submitted", "Partly Paid"].includes(doc.status) && open_amount(doc) > 0) {
		if (takes) frm.page.set_primary_action(__("Paid"), () => pay(doc, done));
		if (doc.status === "Submitted") {
			frm.add_custom_button(__("Denied"), () => deny(doc, done));
			frm.add_custom_button(__("Correct Number"), () => submit(doc, done));
		} else {
			frm.add_custom_button(__("Book the Rest as a Loss"), () => settle(doc, done));
		}
	}
}

function tell(frm) {
	const { doc } = frm;
	const open = open_amount(doc);
	const invoice = link("Sales Invoice", doc.sales_invoice);
	if (doc.status === "Denied") {
		intro(frm, html`${fill(__("Denied: {0}."), [doc.denial_reason])} ${invoice}`, "red");
	} else if (open > 0) {
		const since = doc.submitted_on
			? __("{0} days since it was submitted.", [
					frappe.datetime.get_day_diff(frappe.datetime.get_today(), doc.submitted_on),
			  ])
			: __("It is not submitted to the manufacturer yet.");
		intro(
			frm,
			html`${fill(__("{0} is open on {1}."), [html`<b>${money(open, doc.currency)}</b>`, invoice])}
			${since}`,
			doc.submitted_on ? "blue" : "orange"
		);
	} else if (doc.difference) {
		intro(
			frm,
			fill(__("Paid {0} short; the difference was booked: {1}."), [
				html`<b>${money(doc.difference, doc.currency)}</b>`,
				link("Journal Entry", doc.difference_entry),
			]),
			"orange"
		);
	}
}

function submit(doc, done) {
	ask({
		title: __("Submitted to {0}", [doc.manufacturer]),
		fields: [
			{
				fieldtype: "Data",
				fieldname: "claim_number",
				label: __("Claim Number"),
				reqd: 1,
				default: doc.claim_number,
			},
			{
				fieldtype: "Date",
				fieldname: "submitted_on",
				label: __("Submitted On"),
				reqd: 1,
				default: doc.submitted_on || frappe.datetime.get_today(),
			},
		],
		label: __("Keep"),
		sentence: () =>
			fill(__("A claim over {0}."), [html`<b>${money(doc.claimed_amount, doc.currency)}</b>`]),
		submit: (values) => call("dealer_pos_crm.api.service_billing.submit_claim", { claim: doc.name, ...clean(values) }),
		done,
	});
}

function clean({ dlr_sentence, dlr_refusal, ...values }) {
	return values;
}

async function pay(doc, done) {
	const modes = await call("dealer_pos_crm.api.service_billing.payment_modes", { company: doc.company }, {
		type: "GET",
	});
	const open = open_amount(doc);
	const rest = (values) => flt((open - flt(values.amount)).toFixed(6), 6);
	ask({
		title: __("{0} Paid", [doc.manufacturer]),
		fields: [
			{
				fieldtype: "Currency",
				fieldname: "amount",
				label: __("Amount ({0})", [doc.currency]),
				reqd: 1,
				default: open,
			},
			{
				fieldtype: "Select",
				fieldname: "mode_of_payment",
				label: __("Paid with"),
				reqd: 1,
				options: modes.map((row) => row.name),
				default: modes[0]?.name,
			},
			{ fieldtype: "Data", fieldname: "reference_no", label: __("Reference") },
			{
				fieldtype: "Check",
				fieldname: "book_difference",
				label: __("Nothing more will come: book the difference as a loss"),
			},
		],
		label: __("Paid"),
		working: __("Booking…"),
		problem: (values) =>
			flt(values.amount) > open
				? __("{0} is more than is open ({1}).", [
						money(values.amount, doc.currency),
						money(open, doc.currency),
				  ])
				: null,
		sentence: (values) => {
			if (rest(values) <= 0) return __("Then the claim is paid in full.");
			return values.book_difference
				? fill(__("{0} is booked as a loss."), [html`<b>${money(rest(values), doc.currency)}</b>`])
				: fill(__("{0} stays open."), [html`<b>${money(rest(values), doc.currency)}</b>`]);
		},
		submit: (values, key) =>
			call("dealer_pos_crm.api.service_billing.pay_claim", { claim: doc.name, client_key: key, ...clean(values) }),
		done,
	});
}

function settle(doc, done) {
	ask({
		title: __("Book the Rest as a Loss"),
		fields: [{ fieldtype: "Data", fieldname: "reason", label: __("Why"), reqd: 1, length: 140 }],
		label: __("Book"),
		danger: true,
		sentence: () =>
			fill(__("{0} goes to the account for claim differences."), [
				html`<b>${money(open_amount(doc), doc.currency)}</b>`,
			]),
		submit: ({ reason }) => call("dealer_pos_crm.api.service_billing.settle_claim", { claim: doc.name, reason }),
		done,
	});
}

const THEN = {
	"Write Off": __("The amount is booked as a loss."),
	"Bill Customer": __(
		"The manufacturer's invoice is credited and the customer gets one. Call the customer first."
	),
	"Bill Internal": __("The manufacturer's invoice is credited and the service department bears it."),
};

function deny(doc, done) {
	ask({
		title: __("Denied by {0}", [doc.manufacturer]),
		fields: [
			{
				fieldtype: "Data",
				fieldname: "reason",
				label: __("The manufacturer's reason"),
				reqd: 1,
				length: 140,
			},
			{
				fieldtype: "Select",
				fieldname: "then",
				label: __("What then"),
				reqd: 1,
				default: "Write Off",
				options: Object.keys(THEN).map((value) => ({ value, label: __(value) })),
			},
		],
		label: __("Denied"),
		working: __("Booking…"),
		danger: true,
		sentence: ({ then }) => THEN[then] || "",
		submit: ({ reason, then }) => call("dealer_pos_crm.api.service_billing.deny_claim", { claim: doc.name, reason, then }),
		done,
	});
}
