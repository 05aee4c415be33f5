/** Hand over what somebody looks after: the dialog, and the progress of a large one. */

import { ask } from "../desk/ask";
import { fill, html, link } from "../desk/html";
import { call } from "../desk/server";

const MANAGERS = ["Dealer Sales Manager", "Dealer Service Manager", "Dealer Manager", "System Manager"];

export function may_hand_over() {
	return MANAGERS.some((role) => frappe.user.has_role(role));
}

/** @param {string} user whose things; @param {() => void} [done] */
export async function hand_over(user, done) {
	let told;
	try {
		told = await call("dealer_pos_crm.api.lead_desk.get_owned", { user }, { type: "GET" });
	} catch (refusal) {
		return frappe.msgprint({ message: refusal.message, title: refusal.title || __("Not possible") });
	}
	if (told.running) return watch_progress(user, told.total, done);
	const there = told.kinds.filter(({ count }) => count);
	if (!there.length) {
		return frappe.msgprint({
			title: __("Nothing to Hand Over"),
			message: __("{0} looks after no customers, leads, deals, appointments or follow-ups.", [
				frappe.utils.escape_html(told.name),
			]),
		});
	}
	const chosen = (values) => there.filter(({ name }) => values[`kind_${name}`]);
	ask({
		title: __("Hand Over From {0}", [told.name]),
		size: "large",
		fields: [
			{ fieldtype: "Section Break", label: __("What") },
			...there.map(({ name, label, count }, at) => [
				...(at === Math.ceil(there.length / 2) ? [{ fieldtype: "Column Break" }] : []),
				{
					fieldtype: "Check",
					fieldname: `kind_${name}`,
					label: `${label}: ${count}`,
					default: 1,
				},
			]).flat(),
			{ fieldtype: "Section Break", label: __("To Whom") },
			{
				fieldtype: "MultiSelectPills",
				fieldname: "to",
				label: __("Taken Over By"),
				reqd: 1,
				description: __("Several share it evenly; what belongs to one customer stays together."),
				get_data: (text) => {
					const words = (text || "").toLowerCase();
					return told.takers
						.filter(({ value, label }) => `${value} ${label}`.toLowerCase().includes(words))
						.map(({ value, label }) => ({ value, description: label }));
				},
			},
			{ fieldtype: "Small Text", fieldname: "reason", label: __("Why"), reqd: 1 },
		],
		label: __("Hand Over"),
		sentence(values) {
			const kinds = chosen(values);
			const count = kinds.reduce((sum, kind) => sum + kind.count, 0);
			const to = values.to?.length || 0;
			if (!count) return "";
			if (to < 2) return __("{0} documents change hands.", [count]);
			return __("{0} documents change hands, shared by {1} people.", [count, to]);
		},
		missing: (values) =>
			!chosen(values).length
				? __("Choose what is handed over.")
				: !values.to?.length
				  ? __("{0} is still missing.", [__("Taken Over By")])
				  : null,
		submit: (values) =>
			call("dealer_pos_crm.api.lead_desk.hand_over", {
				user,
				to: JSON.stringify(values.to),
				what: JSON.stringify(chosen(values).map(({ name }) => name)),
				reason: values.reason,
			}),
		done(answer) {
			if (answer.queued) return watch_progress(user, answer.total, done);
			tell(answer.done, answer.left);
			done?.();
		},
	});
}

/** For a page of managers: choose somebody first. */
export function hand_over_from_somebody(done) {
	const dialog = new frappe.ui.Dialog({
		title: __("Hand Over"),
		fields: [
			{
				fieldtype: "Link",
				fieldname: "user",
				options: "User",
				label: __("From Whom"),
				reqd: 1,
				ignore_link_validation: 1,
				get_query: () => ({ filters: { user_type: "System User" } }),
			},
		],
		primary_action_label: __("Go On"),
		primary_action({ user }) {
			dialog.hide();
			hand_over(user, done);
		},
	});
	dialog.show();
}

function tell(done, left) {
	const count = Object.values(done).reduce((sum, one) => sum + one, 0);
	if (!left.length) {
		return frappe.show_alert({
			message: count === 1 ? __("1 document handed over") : __("{0} documents handed over", [count]),
			indicator: "green",
		});
	}
	frappe.msgprint({
		title: __("Handed Over, With Exceptions"),
		indicator: "orange",
		message: String(
			html`<p>${__("{0} handed over. These could not be changed:", [count])}</p>
				<ul>
					${left
						.slice(0, 20)
						.map((row) => html`<li>${fill("{0}: {1}", [link(row.doctype, row.name), row.why])}</li>`)}
				</ul>
				${left.length > 20 ? __("and {0} more", [left.length - 20]) : ""}`
		),
	});
}

function watch_progress(user, total, done) {
	const title = __("Handing Over");
	frappe.show_progress(title, 0, total || 1, __("Begun; you can close this, it goes on."));
	const listen = (told) => {
		if (told.user !== user) return;
		frappe.show_progress(title, told.done, told.total || 1, __("{0} of {1}", [told.done, told.total]), true);
		if (!told.finished) return;
		frappe.realtime.off("dealer_hand_over", listen);
		frappe.hide_progress();
		frappe.show_alert({
			message: told.left
				? __("Handed over; {0} could not be changed. Open the dialog again to see what is left.", [told.left])
				: __("Everything is handed over"),
			indicator: told.left ? "orange" : "green",
		});
		done?.();
	};
	frappe.realtime.on("dealer_hand_over", listen);
}

/** On the form of a user. */
export function user_form(frm) {
	if (frm.is_new() || !may_hand_over() || !dealer.is_dealership()) return;
	frm.add_custom_button(__("Hand Over Customers and Leads"), () => hand_over(frm.doc.name, () => frm.reload_doc()));
	if (frm.doc.enabled) return;
	call("dealer_pos_crm.api.lead_desk.get_owned", { user: frm.doc.name }, { type: "GET" })
		.then(({ user, total }) => {
			if (!total || user !== frm.doc.name) return;
			dealer.intro(
				frm,
				__("Still looks after {0} documents. Hand them over.", [total]),
				"orange"
			);
		})
		.catch(() => {});
}
