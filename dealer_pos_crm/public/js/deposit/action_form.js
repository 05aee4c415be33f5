/** The Deposit Action form: where a notification leads whoever has to decide. */

import { html, fill, intro, link, meet } from "../desk/html";
import { call } from "../desk/server";
import { when } from "../desk/words";
import { request } from "./overview";
import { approve, at_this_screen, reject, withdraw } from "./requests";

const COLORS = { Requested: "orange", Done: "green", Rejected: "red", Withdrawn: "gray" };

export function action_color(status) {
	return COLORS[status] || "gray";
}

export async function refresh_action(frm) {
	frm.disable_save();
	intro(frm, "");
	if (frm.is_new()) return;
	frm.add_custom_button(__("Open Deposit"), () =>
		frappe.set_route("Form", "Deposit", frm.doc.deposit)
	);
	if (frm.doc.status !== "Requested") {
		decided(frm);
		return;
	}
	const name = frm.doc.name;
	const facts = await call(
		"dealer_pos_crm.api.deposit.get_overview",
		{ deposit: frm.doc.deposit },
		{ type: "GET" }
	).catch(() => null);
	const row = facts?.requests.find((found) => found.name === name);
	if (!row || frm.doc.name !== name) return;
	meet(facts.people);
	const of = fill(__("Deposit {0} of {1}"), [
		link("Deposit", frm.doc.deposit),
		link("Customer", frm.doc.customer),
	]);
	intro(frm, html`${request(row, { buttons: false })}<div>${of}</div>`, "orange");
	const again = () => frm.reload_doc();
	if (row.may_decide) {
		frm.page.set_primary_action(__("Approve"), () => approve(row, frm.doc.customer, again));
		frm.page.set_secondary_action(__("Reject"), () => reject(row, again));
		return;
	}
	frm.page.set_primary_action(__("Approve Now"), () => at_this_screen("Deposit Action", name, again));
	if (row.is_mine) frm.page.set_secondary_action(__("Withdraw"), () => withdraw(row, again));
}

function decided(frm) {
	if (!frm.doc.decided_by || frm.doc.decided_by === frm.doc.requested_by) return;
	const words = {
		Done: __("Approved by {0} {1}"),
		Rejected: __("Rejected by {0} {1}"),
		Withdrawn: __("Withdrawn by {0} {1}"),
	}[frm.doc.status];
	intro(
		frm,
		html`${fill(words, [html`<b>${frm.doc.decided_by}</b>`, when(frm.doc.decided_at)])}
		${frm.doc.decision_note ? html` · “${frm.doc.decision_note}”` : ""}`,
		COLORS[frm.doc.status] === "red" ? "red" : "green"
	);
}
