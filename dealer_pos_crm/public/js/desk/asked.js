/** Somebody else decides: now, beside the one who asked, or later at a screen of their own. */

import { html } from "./html";

/**
 * After a request that waits: the choice between the two.
 * @param {{doctype: string, name: string, why?: string, title?: string}} request
 * @returns {Promise<object|null>} what was decided here and now; null when it waits
 */
export function asked(request) {
	return new Promise((resolve) => {
		let going = false;
		const dialog = new frappe.ui.Dialog({
			title: request.title || __("A Manager Decides This"),
			fields: [
				{
					fieldtype: "HTML",
					fieldname: "text",
					options: String(html`<p>${__("It was asked for as {0}.", [request.name])} ${request.why || ""}</p>
						<p class="text-muted">${__(
							"A manager beside you can say yes or no here. Otherwise it waits in their notifications; nothing is paid until then."
						)}</p>`),
				},
			],
			primary_action_label: __("Approve Now"),
			primary_action: async () => {
				going = true;
				dialog.hide();
				resolve(await approve(request));
			},
			secondary_action_label: __("Leave It to a Manager"),
			secondary_action: () => dialog.hide(),
		});
		dialog.$wrapper.addClass("dlr-asked-now");
		dialog.onhide = () => {
			setTimeout(() => dialog.$wrapper.remove(), 500);
			if (going) return;
			frappe.show_alert({ message: __("{0} waits for a manager", [request.name]), indicator: "orange" }, 7);
			resolve(null);
		};
		dialog.show();
		dialog.$wrapper.one("shown.bs.modal", () => dialog.get_primary_btn().trigger("focus"));
	});
}

/** The dialog at which a manager decides; it comes with the counter's bundle. */
export async function approve(request) {
	if (!window.dealer?.counter?.approve) await frappe.require("dealer_counter.bundle.js");
	return dealer.counter.approve(request);
}

/** `done(answer)` for an action's dialog: when it waits, the manager's decision comes first. */
export function with_manager(doctype, name_of, done) {
	return async (answer) => {
		if (answer?.status !== "Requested") return done?.(answer);
		const decided = await asked({ doctype, name: name_of(answer), why: answer.approval_reason });
		return done?.({ ...answer, ...decided }, { waits: !decided });
	};
}
