/** The deposit is taken: what for, and its receipt. */

import { fill, html } from "../../desk/html";
import { money } from "../../desk/words";

/** @param {object} state @param {boolean} before it was taken by an earlier try, whose answer was lost */
export function taken(state, before) {
	const dialog = new frappe.ui.Dialog({
		title: before ? __("Taken Already") : __("Deposit Taken"),
		fields: [{ fieldtype: "HTML", fieldname: "said" }],
		primary_action_label: __("Print Receipt"),
		primary_action: () => {
			dialog.hide();
			print(state.name);
		},
		secondary_action_label: __("Done"),
		secondary_action: () => dialog.hide(),
	});
	dialog.$wrapper.addClass("dlr-ask dlr-deposit-taken");
	dialog.fields_dict.said.$wrapper.html(
		String(
			html`<p class="dlr-done">${fill(__("{0} from {1} for {2}."), [
				html`<b>${money(state.amount, state.currency)}</b>`,
				state.customer_name,
				html`<b>${state.what}</b>`,
			])}</p>
			<div class="dlr-small">${state.name}</div>`
		)
	);
	dialog.$wrapper.one("shown.bs.modal", () => dialog.get_primary_btn().trigger("focus"));
	dialog.onhide = () => setTimeout(() => dialog.$wrapper.remove(), 500);
	dialog.show();
	return dialog;
}

function print(name) {
	const receipts = dealer.counter.receipts;
	if (receipts?.print) return receipts.print({ doctype: "Deposit", name });
	frappe.set_route("print", "Deposit", name);
}
