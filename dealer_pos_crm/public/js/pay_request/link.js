/** Handing a link over: copied, or as a picture that a phone reads from the screen. */

import { html, raw, trusted } from "../desk/html";
import { call } from "../desk/server";

export async function copy_link(name) {
	const { address } = await fetch_link(name);
	await frappe.utils.copy_to_clipboard(address);
}

function fetch_link(name) {
	return call("dealer_pos_crm.api.pay_request.get_link", { pay_request: name }, { type: "GET" });
}

/** The link and its picture; `title` says what just happened. */
export async function show_link(name, title) {
	let found;
	try {
		found = await fetch_link(name);
	} catch (refusal) {
		frappe.msgprint({
			title: refusal.title,
			message: String(trusted(refusal.message)),
			indicator: "orange",
		});
		return;
	}
	const dialog = new frappe.ui.Dialog({
		title: title || __("Link to Pay"),
		size: "small",
		primary_action_label: __("Copy Link"),
		primary_action: () => frappe.utils.copy_to_clipboard(found.address),
		secondary_action_label: __("Done"),
		secondary_action: () => dialog.hide(),
	});
	dialog.$body.html(
		String(html`<div class="dlr-pay-link">
			<div class="dlr-pay-qr" role="img" aria-label="${__("QR code of the link")}">${raw(found.qr)}</div>
			<p class="dlr-small">
				${__("The customer points a phone at this picture, or gets the link from you.")}
			</p>
			<input class="form-control input-sm" readonly aria-label="${__("Link to Pay")}" value="${found.address}" />
		</div>`)
	);
	dialog.$body.find("input").on("focus", (event) => event.target.select());
	dialog.show();
}
