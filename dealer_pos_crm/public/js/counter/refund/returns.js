/** Goods that come back: before the return is submitted, why, and who agrees. */

import { ask } from "../../desk/ask";
import { approve, asked } from "../../desk/asked";
import { fill, html } from "../../desk/html";
import { no_reason, reason_field } from "../../desk/reason";
import { call } from "../../desk/server";
import { money } from "../../desk/words";

const API = "dealer_pos_crm.api.counter_refund.";

/** Frappe's `before_submit` of a POS Invoice; the submit goes on when everything is agreed. */
export async function before_submit(frm) {
	if (!frm.doc.is_return || !frappe.boot.dealer?.companies?.includes(frm.doc.company)) return;
	let goes_on = false;
	try {
		const found = await frappe.db.get_value("POS Profile", frm.doc.pos_profile, "dealer_counter");
		if (!cint(found.message?.dealer_counter)) return; // without our setting it stays ERPNext's own
		if (frm.is_dirty()) await frm.save(); // what is agreed to is the draft as it stands there
		goes_on = await agreed(frm.doc.name);
	} catch (refusal) {
		frappe.msgprint({
			title: refusal?.title || __("Not possible"),
			message: refusal?.message || __("The server could not do this. Try again."),
			indicator: "red",
		});
	}
	frappe.validated = goes_on;
}

async function agreed(name) {
	const state = await call(`${API}return_state`, { pos_invoice: name }, { type: "GET" });
	if (!state.needed) return true;
	if (state.waits) {
		const answer = await approve({ doctype: "Counter Refund", name: state.refund });
		return Boolean(answer?.approved);
	}
	const answer = await reason_for(name, state);
	if (!answer) return false;
	if (answer.status === "Done") return true;
	const decided = await asked({
		doctype: "Counter Refund",
		name: answer.refund,
		why: answer.approval_reason,
		title: __("A Manager Agrees to the Return"),
	});
	return Boolean(decided?.approved);
}

function reason_for(name, state) {
	return new Promise((resolve) => {
		let answer = null;
		const dialog = ask({
			title: __("Goods Come Back"),
			fields: [
				{
					fieldtype: "HTML",
					fieldname: "head",
					options: String(html`<div class="dlr-small">${fill(__("{0}, sold {1} to {2}"), [
						state.return_against,
						frappe.datetime.str_to_user(state.sold_on),
						state.customer_name || state.customer,
					])}</div>
					${state.changed ? html`<div class="dlr-note dlr-note-orange"><div>${__("The return was changed since it was agreed to: it is asked for anew.")}</div></div>` : ""}`),
				},
				reason_field({ label: __("Why Do They Come Back") }),
			],
			label: __("Pay Back {0}", [money(state.amount, state.currency)]),
			missing: no_reason,
			sentence: () => {
				if (state.why) return html`${__("A manager is asked first.")} ${state.why}.`;
				return fill(__("{0} goes back: {1}."), [html`<b>${money(state.amount, state.currency)}</b>`, state.ways]);
			},
			submit: ({ reason }, key) =>
				call(`${API}ask_return`, { pos_invoice: name, reason, client_key: key }),
			done: (found) => (answer = found),
		});
		const hide = dialog.onhide;
		dialog.onhide = () => {
			hide?.();
			setTimeout(() => resolve(answer), 0);
		};
	});
}
