/** The form of a Shift Count: how it stands, and the steps that are left. */

import { ask } from "../../desk/ask";
import { html, intro } from "../../desk/html";
import { no_reason, reason_field } from "../../desk/reason";
import { call } from "../../desk/server";
import { table, where } from "./result_step";

const API = "dealer_pos_crm.api.shift.";

export async function form(frm) {
	const name = frm.doc.name;
	const count = await call(`${API}state`, { shift_count: name }, { type: "GET" });
	if (frm.doc.name !== name) return;
	frm.get_field("overview").$wrapper.html(String(html`<div class="dlr-shift">${table(count)}</div>`));
	frm.clear_custom_buttons();
	const state = where(count);
	const said = {
		waits: [`${count.words}. ${count.approval_reason || ""}`, "orange"],
		queued: [__("The sales are being booked."), "blue"],
		failed: [count.closing_problem, "red"],
		closed: [count.booking_problem, "orange"],
	}[state];
	intro(frm, said?.[0] ? html`${said[0]}` : null, said?.[1]);

	const done = () => frm.reload_doc();
	if (count.may_approve && state === "waits") {
		frm.add_custom_button(__("Agree and Close"), () =>
			ask({
				title: __("Agree to {0}", [count.words]),
				fields: [{ fieldtype: "Small Text", fieldname: "note", label: __("Note"), max_height: "60px" }],
				label: __("Agree and Close"),
				submit: ({ note }) => call(`${API}approve`, { shift_count: name, note }),
				done,
			})
		).addClass("btn-primary");
	}
	if (state === "failed") {
		frm.add_custom_button(__("Try Again"), () => call(`${API}try_again`, { shift_count: name }).finally(done));
	}
	if (["failed", "waits"].includes(state)) {
		frm.add_custom_button(__("Count Again…"), () =>
			ask({
				title: __("Count Again"),
				fields: [reason_field()],
				label: __("Count Again"),
				missing: no_reason,
				sentence: () => __("The shift sells again and is counted anew."),
				submit: ({ reason }) => call(`${API}reopen`, { shift_count: name, reason }),
				done,
			})
		);
	}
	if (["Failed", "Cancelled"].includes(count.booking) && frappe.model.can_write("Dealer Settings")) {
		frm.add_custom_button(__("Book Over and Short"), () =>
			call(`${API}book_difference`, { shift_count: name })
				.then(done)
				.catch((refusal) => frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "orange" }))
		);
	}
}
