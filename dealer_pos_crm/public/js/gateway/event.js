/** A message of the card provider: what came of it, and trying it again. */

import { html, intro, link, ours, trusted } from "../desk/html";
import { call } from "../desk/server";
import { exact } from "../desk/words";

const COLORS = { Received: "blue", Done: "green", Ignored: "gray", Failed: "orange", "Given Up": "red" };
const MAY_RETRY = ["System Manager", "Dealer Accountant", "Dealer Manager"];

export const color_of = (status) => COLORS[status] || "gray";

export function may_retry() {
	return MAY_RETRY.some((role) => frappe.user.has_role(role));
}

export function refresh(frm) {
	ours(frm);
	frm.disable_save();
	const { doc } = frm;
	frm.page.set_indicator(__(doc.status), color_of(doc.status));
	intro(frm, String(said(doc)), color_of(doc.status));
	if (["Received", "Failed", "Given Up"].includes(doc.status) && may_retry()) {
		frm.page.set_primary_action(__("Try Again"), async () => {
			await retry([doc.name], () => frm.reload_doc());
		});
	} else {
		frm.page.clear_primary_action();
	}
}

function said(doc) {
	const about = doc.reference_name
		? html` ${link(doc.reference_doctype, doc.reference_name)}`
		: "";
	const next =
		doc.status === "Failed" && doc.next_try_at
			? html` ${__("Tried {0} times; again at {1}.", [doc.attempts, exact(doc.next_try_at)])}`
			: "";
	const mode = doc.test_mode ? html`<b>${__("TEST MODE")}</b> ` : "";
	return html`${mode}${trusted(doc.reason || WORDS[doc.status]?.() || "")}${about}${next}`;
}

const WORDS = {
	Received: () => __("Kept; a job works on it in a moment."),
	Done: () => __("Worked on."),
};

/** One after the other, as each may take a moment at the provider's. */
export async function retry(names, done) {
	let bad = 0;
	for (const [at, name] of names.entries()) {
		if (names.length > 1) frappe.show_progress(__("Trying again"), at, names.length);
		try {
			const answer = await call("dealer_pos_crm.api.gateway.retry_event", { name });
			if (!["Done", "Ignored"].includes(answer.status)) {
				bad += 1;
				if (names.length === 1) {
					frappe.msgprint({
						title: __("Not yet"),
						message: answer.reason,
						indicator: "orange",
					});
				}
			}
		} catch (refusal) {
			bad += 1;
			if (names.length === 1) frappe.msgprint({ message: refusal.message, indicator: "red" });
		}
	}
	if (names.length > 1) frappe.hide_progress();
	frappe.show_alert(
		bad
			? { message: __("{0} of {1} still wait", [bad, names.length]), indicator: "orange" }
			: { message: __("Done"), indicator: "green" }
	);
	done();
}
