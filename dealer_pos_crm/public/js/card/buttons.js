/** Take Card on the forms of what is paid; nowhere, where the company has no reader. */

import { hold } from "./hold";
import { take } from "./take";

/** Whether this user at this company can take a card at a reader. */
export function takes_cards(company) {
	return (
		(frappe.boot.dealer?.card_readers || []).includes(company) &&
		frappe.model.can_submit("Payment Entry")
	);
}

/** `opts` as for `take`; `before` may still refuse: it returns whether to go on. */
export function offer(frm, { group, before, ...opts } = {}) {
	if (!takes_cards(frm.doc.company)) return;
	const label = __("Take Card");
	frm.remove_custom_button(label, group);
	frm.add_custom_button(
		label,
		async () => {
			if (before && !(await before())) return;
			take({
				doctype: frm.doc.doctype,
				name: frm.doc.name,
				done: () => frm.reload_doc(),
				...opts,
			});
		},
		group
	);
}

/** Hold on a Card, for what has to come back: a loaner, a car on a drive, a part on order. */
export function offer_hold(frm, { group, purpose, amount } = {}) {
	if (!takes_cards(frm.doc.company)) return;
	const label = __("Hold on a Card");
	frm.remove_custom_button(label, group);
	frm.add_custom_button(
		label,
		() =>
			hold({
				doctype: frm.doc.doctype,
				name: frm.doc.name,
				purpose,
				amount,
				done: () => frm.reload_doc(),
			}),
		group
	);
}
