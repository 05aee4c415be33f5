/** Refund to the Card where a card has paid; nowhere, where the company takes no cards. */

import { takes_links } from "../pay_request/status";
import { refund, refund_of } from "./dialog";

// doctype -> whether there may be a card payment behind it
const PAID = {
	"Sales Invoice": (doc) => doc.docstatus === 1,
	"Repair Order": () => true,
	"Deal Jacket": () => true,
};
const GROUP = { "Deal Jacket": () => __("Actions"), "Repair Order": () => __("Actions") };

/** To be called once. */
export function setup() {
	for (const doctype of Object.keys(PAID)) {
		frappe.ui.form.on(doctype, { refresh: (frm) => offer(frm) });
	}
	frappe.ui.form.on("Card Payment", { refresh: (frm) => offer_on_payment(frm) });
}

function may() {
	return frappe.model.can_read("Card Refund") && frappe.model.can_submit("Payment Entry");
}

/** Only where a card has paid: one look, after the form is drawn. */
async function offer(frm) {
	const { doctype, name } = frm.doc;
	if (frm.is_new() || !takes_links(frm.doc.company) || !may() || !PAID[doctype](frm.doc)) return;
	const filters =
		doctype === "Sales Invoice"
			? { for_name: ["in", [name, frm.doc.return_against || name]] }
			: { [doctype === "Repair Order" ? "repair_order" : "deal"]: name };
	const paid = await frappe.db
		.count("Card Payment", { filters: { ...filters, status: "Captured" } })
		.catch(() => 0);
	if (!paid || frm.doc.name !== name) return;
	frm.add_custom_button(
		__("Refund to Card"),
		() => refund_of(doctype, name, () => frm.reload_doc()),
		GROUP[doctype]?.()
	);
}

function offer_on_payment(frm) {
	if (frm.is_new() || frm.doc.status !== "Captured" || !may()) return;
	frm.add_custom_button(__("Refund"), () => refund(frm.doc.name, () => frm.reload_doc()));
}
