/**
 * The dealership's part of ERPNext's point of sale, at a POS Profile with our setting.
 *
 * ERPNext's classes stay as they are: we stand around methods of this one screen's objects, each checked for
 * and each guarded, and listen to the events of its form.
 */

import { at, context, enter, look } from "./context";
import { around, safely } from "./guarded";
import { missing, missing_parts, plain_till, unknown } from "./health";
import { listen, mount } from "./registry";
import * as lines from "./lines";
import * as receipts from "../receipts/receipts";
import * as shift from "../shift/shift";
import * as strip from "../strip/strip";

export { unknown };

/** In place of ERPNext's `make_app`, which `plain` is. */
export function begin(controller, plain) {
	const names = missing();
	if (names.length) {
		safely("notice", () => plain_till(names));
		return plain();
	}
	safely("begin", () => {
		enter(controller);
		shift.stand_at(controller);
		around(controller, "get_item_from_frm", lines.same_line);
	});
	const made = plain();
	safely("screen", () => extend(controller));
	return made;
}

/** The screen stands; its first sale is still on its way. */
function extend(controller) {
	const names = missing_parts(controller);
	if (names.length) return plain_till(names);
	around(controller.cart, "update_customer_section", function (next) {
		const made = next();
		look();
		return made;
	});
	around(controller.cart, "reset_customer_selector", function (next) {
		const made = next();
		look();
		strip.focus(); // ERPNext opens its own list of customers: ours knows more
		return made;
	});
	around(controller.cart, "render_cart_item", lines.drawn);
	receipts.stand_at(controller);
	strip.mount(controller);
	mount(controller);
	keep_scans();
}

/** A scan into a field of ours (a VIN, a check's number) is not an item that ERPNext has to look for. */
function keep_scans() {
	if (!document.scannerDetectionData) return;
	window.onScan?.setOptions?.(document, { ignoreIfFocusOn: ".modal *, .dlr-strip *" });
}

/** The form's own events: the steadiest of ERPNext's hooks. A later version sells by Sales Invoice, too. */
export function setup() {
	listen();
	const ours = (frm) => at()?.frm === frm && context().pos_profile;
	for (const doctype of ["POS Invoice", "Sales Invoice"]) {
		frappe.ui.form.on(doctype, {
			customer: (frm) => ours(frm) && safely("customer", look),
			refresh: (frm) => ours(frm) && safely("refresh", look),
			on_submit: (frm) => ours(frm) && safely("sale", strip.refresh),
		});
		frappe.ui.form.on(`${doctype} Item`, {
			item_code: (frm, cdt, cdn) => ours(frm) && safely("line", () => lines.added(frm, cdt, cdn)),
		});
	}
}
