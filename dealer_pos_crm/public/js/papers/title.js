/** The Title Registration form: one button for the next step, the rest in the menu. */

import { ask } from "../desk/ask";
import { html, intro, ours } from "../desk/html";
import { no_reason, reason_field } from "../desk/reason";
import { call } from "../desk/server";
import { title_is_late } from "../floor/status";

const GET = { type: "GET" };
const labels = () => ({
	Open: __("Papers Not Complete"),
	"Papers Complete": __("Papers Complete"),
	Sent: __("Papers Sent"),
	Returned: __("Papers Came Back"),
	Issued: __("Title Issued"),
	Closed: __("Handed Over"),
	Cancelled: __("Cancel"),
});
const FIRST = {
	Open: "Papers Complete",
	"Papers Complete": "Sent",
	Sent: "Issued",
	Returned: "Sent",
	Issued: "Closed",
};

export function setup(frm) {
	ours(frm);
}

export async function refresh(frm) {
	const { doc } = frm;
	if (frm.is_new()) return intro(frm, "");
	frm.toggle_display(["customer_name", "status"], false); // said at the top
	for (const field of ["deal", "vehicle", "company", "kind", "trade_in"])
		frm.set_df_property(field, "read_only", 1);
	const state = await call(
		"dealer_pos_crm.api.title.get_state",
		{ registration: doc.name },
		GET
	);
	if (frm.doc.name !== doc.name) return;
	const due = doc.due_on ? frappe.datetime.str_to_user(doc.due_on) : "";
	intro(
		frm,
		html`<div class="dlr-line">
			<b>${__(doc.status)}</b> · ${__(doc.kind)}
			${doc.holder ? html`· ${__("papers: {0}", [__(doc.holder)])}` : ""}
			${state.overdue
				? html`· <span class="dlr-red">${__("overdue since {0}", [due])}</span>`
				: due && !["Issued", "Closed", "Cancelled"].includes(doc.status)
				? html`· ${__("due {0}", [due])}`
				: ""}
			${state.tag_ends
				? html`·
						<span class="dlr-red"
							>${__("temporary tag ends {0}", [
								frappe.datetime.str_to_user(doc.temporary_until),
							])}</span
						>`
				: ""}
		</div>`,
		state.overdue || state.tag_ends ? "red" : title_is_late(doc) ? "orange" : "blue"
	);
	if (!frm.perm[0]?.write || frm.is_dirty()) return;
	const first = FIRST[doc.status];
	for (const to of state.possible) {
		const run = () => move(doc, to, () => frm.reload_doc());
		if (to === first) frm.page.set_primary_action(labels()[to], run);
		else frm.add_custom_button(labels()[to], run, __("Actions"));
	}
}

export function move(doc, to, done) {
	const why = ["Returned", "Cancelled"].includes(to);
	const fields = [
		{
			fieldtype: "Date",
			fieldname: "on",
			label: __("On"),
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
	];
	if (to === "Sent")
		fields.push({
			fieldtype: "Currency",
			fieldname: "fees",
			label: __("Fees Paid"),
			default: doc.fees,
		});
	if (to === "Issued")
		fields.push(
			{ fieldtype: "Data", fieldname: "plate", label: __("Plate"), default: doc.plate },
			{
				fieldtype: "Data",
				fieldname: "title_number",
				label: __("Title Number"),
				default: doc.title_number,
			}
		);
	if (why) fields.push(reason_field());
	ask({
		title: labels()[to],
		danger: to === "Cancelled",
		fields,
		label: labels()[to],
		missing: why ? no_reason : null,
		submit: ({ on, reason, ...values }) =>
			call("dealer_pos_crm.api.title.move", {
				registration: doc.name,
				to,
				on,
				reason,
				values,
			}),
		done,
	});
}
