/** Send Pay Request where money is owed, and what was asked for already. */

import { fill, html, link, pill } from "../desk/html";
import { call } from "../desk/server";
import { money, when } from "../desk/words";
import { send_request } from "./send";
import { color_of, takes_links } from "./status";

// doctype -> whether its document can be asked for
const OWES = {
	Deposit: (doc) => doc.status === "Draft",
	"Deal Jacket": (doc) => !["Lost", "Unwound", "Funded"].includes(doc.stage),
	"Repair Order": (doc) => doc.status === "Invoiced",
	"Sales Invoice": (doc) =>
		doc.docstatus === 1 && !cint(doc.is_return) && flt(doc.outstanding_amount) > 0,
};

const GROUP = { "Deal Jacket": () => __("Actions"), "Repair Order": () => __("Actions") };

/** To be called once. */
export function setup() {
	for (const doctype of Object.keys(OWES)) {
		frappe.ui.form.on(doctype, { refresh: (frm) => offer(frm) });
	}
	frappe.ui.form.on("Customer", { refresh: (frm) => offer_free(frm) });
}

function offer(frm) {
	const { doc } = frm;
	if (frm.is_new() || !takes_links(doc.company) || !frappe.model.can_read("Pay Request")) return;
	if (OWES[doc.doctype](doc) && frappe.model.can_create("Pay Request")) {
		frm.add_custom_button(
			__("Send Pay Request"),
			async () => {
				if (frm.is_dirty()) await frm.save();
				send_request({ for_doctype: doc.doctype, for_name: doc.name }, () => frm.reload_doc());
			},
			GROUP[doc.doctype]?.()
		);
	}
	tell(frm);
}

function offer_free(frm) {
	const companies = Object.keys(frappe.boot.dealer?.card_links || {});
	if (frm.is_new() || !companies.length || !frappe.model.can_create("Pay Request")) return;
	frm.add_custom_button(__("Send Pay Request"), () =>
		send_request({ customer: frm.doc.name, company: companies.length === 1 ? companies[0] : null })
	);
}

/** What was asked for already, above the form. */
async function tell(frm) {
	const { doctype, name } = frm.doc;
	let rows;
	try {
		rows = await call(
			"dealer_pos_crm.api.pay_request.open_requests",
			{ for_doctype: doctype, for_name: name },
			{ type: "GET" }
		);
	} catch {
		return; // the form is worth more than this line
	}
	if (frm.doc.name !== name) return;
	frm.dashboard.clear_headline?.();
	if (!rows.length) return;
	frm.dashboard.set_headline(
		String(html`<div class="dlr-pay-open">${rows.map((row) => html`<div>${line(row)}</div>`)}</div>`)
	);
}

function line(row) {
	const request = link("Pay Request", row.name);
	if (row.automatic_at) {
		return fill(__("{0} for {1} is sent by itself {2}, unless somebody changes something."), [
			request,
			money(row.amount, row.currency),
			when(row.automatic_at),
		]);
	}
	return html`${pill(__(row.status), color_of(row.status))}
	${fill(__("Pay request {0} for {1}, sent {2}."), [
		request,
		money(row.amount - row.paid_amount, row.currency),
		when(row.sent_on),
	])}`;
}
