/** A manager's own PIN for approving at the counter: set, changed, and turned off. */

import { ask } from "../../desk/ask";
import { fill, html } from "../../desk/html";
import { call } from "../../desk/server";
import { when } from "../../desk/words";

const API = "dealer_pos_crm.api.approval.";

export const may_have_one = () =>
	["Dealer Manager", "Dealer Sales Manager", "Dealer Service Manager"].some((role) =>
		frappe.user_roles.includes(role)
	);

/** The dialog. `done(state)` after a change. */
export async function own_pin(done) {
	const state = await call(`${API}own_pin`, {}, { type: "GET" });
	const hidden = (field, more = {}) => ({ fieldtype: "Data", fieldname: field, reqd: 1, ...more });
	const dialog = ask({
		title: state.set ? __("Change My Counter PIN") : __("Set My Counter PIN"),
		fields: [
			{
				fieldtype: "HTML",
				fieldname: "text",
				options: String(html`<p class="text-muted">${__(
					"With it you approve refunds, returns and differences at a cashier's screen. Nobody can read it, not even an administrator. Five wrong tries lock it for 15 minutes."
				)}</p>
				${state.set ? html`<p>${fill(__("Yours was set {0}."), [when(state.set_on)])}</p>` : ""}`),
			},
			hidden("password", { label: __("Your Password") }),
			hidden("pin", { label: __("New PIN"), description: __("6 to 12 digits, no run and no repeat") }),
			hidden("again", { label: __("New PIN Once More") }),
		],
		label: state.set ? __("Change PIN") : __("Set PIN"),
		problem: () => (value("again") && value("pin") !== value("again") ? __("The two are not the same.") : null),
		submit: () => call(`${API}set_pin`, { password: value("password"), secret: value("pin") }),
		done: (answer) => {
			frappe.show_alert({ message: __("Your PIN is set"), indicator: "green" });
			done?.(answer);
		},
	});
	const value = (field) => dialog.fields_dict[field].$input.val();
	for (const field of ["password", "pin", "again"]) {
		dialog.fields_dict[field].$input.attr({
			type: "password",
			inputmode: field === "password" ? "text" : "numeric",
			autocomplete: field === "password" ? "current-password" : "new-password",
		});
	}
	if (state.set) {
		dialog.set_secondary_action_label(__("Turn Off"));
		dialog.set_secondary_action(async () => {
			const answer = await call(`${API}turn_off_pin`, {});
			dialog.hide();
			frappe.show_alert({ message: __("You approve at the counter no more"), indicator: "orange" });
			done?.(answer);
		});
	}
	return dialog;
}
