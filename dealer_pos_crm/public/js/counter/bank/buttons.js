/** "Check Came Back" on the forms that a check is found on. */

import { is_check, came_back, may_record } from "./returned";

/** On a Counter Receipt: one button for each check of it that stands. */
export function on_receipt(frm) {
	if (frm.is_new() || !may_record()) return;
	for (const row of frm.doc.tenders || []) {
		const [payment] = (row.payment_entries || "").split(/\s+/).filter(Boolean);
		if (!payment || row.state !== "Booked" || !is_check(row.instrument)) continue;
		frm.page.add_menu_item(__("Check {0} Came Back", [row.reference_no || "-"]), () =>
			came_back({ doctype: "Payment Entry", name: payment, done: () => frm.reload_doc() })
		);
	}
}
