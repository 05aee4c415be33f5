/** Receipts at the point of sale: the page that finds them, and the print of what was done last. */

import { at, context } from "../pos/context";
import { around } from "../pos/guarded";
import { register } from "../pos/registry";
import { print } from "./print";

export { print };

/** Find receipts; of the customer on the screen, when there is one. */
export function open() {
	const doc = at()?.frm?.doc;
	dealer.receipts_for = { q: doc?.customer_name || doc?.customer || "", company: context().company || "" };
	frappe.set_route("counter-receipts");
}

/** ERPNext's own button prints the sale as well: its first print is the original, too. */
export function stand_at(controller) {
	const summary = controller.order_summary;
	if (typeof summary?.print_receipt !== "function") return;
	around(summary, "print_receipt", () => print({ doctype: summary.doc.doctype, name: summary.doc.name }));
}

export function setup() {
	register({ id: "receipts", label: __("Receipts"), shortcut: "F7", order: 60, action: open });
}
