/** A returned check: what is still owed of it, and how the matter ends. */

import { ask } from "../../desk/ask";
import { fill, html, link, ours, pill, trusted } from "../../desk/html";
import { no_note, no_reason, reason_field } from "../../desk/reason";
import { call } from "../../desk/server";
import { money } from "../../desk/words";
import { figure } from "./picker";

const API = "dealer_pos_crm.api.returned_check.";
const COLORS = { Open: "red", "Made Good": "green", "Written Off": "gray" };

export const color = (status) => COLORS[status] || "gray";

export async function refresh(frm) {
	ours(frm);
	frm.disable_save();
	const area = frm.fields_dict.overview.$wrapper;
	if (frm.is_new()) {
		area.html(
			String(html`<div class="dlr-note"><div>${__(
				"Choose Came Back on the payment, the receipt or the bank deposit that the check is on."
			)}</div></div>`)
		);
		["main_section", "books_section"].forEach((section) => frm.set_df_property(section, "hidden", 1));
		return;
	}
	const { name } = frm.doc;
	area.html('<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>');
	let facts;
	try {
		facts = await call(`${API}get_overview`, { returned_check: name }, { type: "GET" });
	} catch (refusal) {
		area.html(String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`));
		return;
	}
	if (frm.doc.name !== name) return;
	if (facts.paid_again && facts.status === "Open") {
		await call(`${API}look`, { returned_check: name });
		frm.reload_doc();
		return;
	}
	area.html(String(overview(frm.doc, facts)));
	buttons(frm, facts);
}

function overview(doc, facts) {
	const { currency } = facts;
	const left = facts.documents
		.filter((row) => row.doctype !== "Deposit")
		.reduce((sum, row) => sum + row.left, 0);
	return html`<div class="dlr-overview">
		<div class="dlr-answer">
			${figure(
				__("Still owed of it"),
				left,
				currency,
				html`${pill(__(facts.status), color(facts.status))} ${
					facts.no_checks ? pill(__("No checks taken"), "orange") : ""
				}`
			)}
			${figure(__("The check"), facts.amount, currency, doc.check_no ? __("No. {0}", [doc.check_no]) : "")}
			${figure(__("Fee of the bank"), doc.bank_fee, currency)}
			${figure(
				__("Charged to the customer"),
				doc.customer_fee,
				currency,
				facts.fee_open ? __("{0} open", [money(facts.fee_open, currency)]) : ""
			)}
		</div>
		<div class="dlr-note ${facts.status === "Open" ? "dlr-note-orange" : ""}"><div>${next(doc, facts)}</div></div>
		${facts.documents.length
			? html`<div class="dlr-scroll"><table class="table dlr-table">
					<thead><tr><th>${__("What it had paid")}</th><th class="dlr-money">${__("Amount")}</th>
						<th class="dlr-money">${__("Still open")}</th></tr></thead>
					<tbody>${facts.documents.map(
						(row) => html`<tr><td>${link(row.doctype, row.name)}</td>
							<td class="dlr-money">${money(row.amount, currency)}</td>
							<td class="dlr-money">${row.left ? money(row.left, currency) : __("paid again")}</td></tr>`
					)}</tbody></table></div>`
			: ""}
	</div>`;
}

function next(doc, facts) {
	if (facts.status === "Open") {
		return facts.documents.length
			? __("Call the customer. When everything it had paid is paid again, this closes by itself.")
			: __("It had paid nothing; only credit of the customer is gone. Say when the matter is settled.");
	}
	const by = html`<b>${frappe.user_info(doc.decided_by)?.fullname || doc.decided_by || ""}</b>`;
	if (facts.status === "Made Good") {
		return fill(__("Made good on {0}. {1}"), [
			frappe.datetime.str_to_user(doc.made_good_on),
			doc.decision_note ? html`${by}: ${doc.decision_note}` : "",
		]);
	}
	return fill(__("Written off by {0}: {1}"), [by, doc.decision_note || "-"]);
}

function buttons(frm, facts) {
	const again = () => frm.reload_doc();
	if (facts.may_made_good) {
		frm.add_custom_button(__("Made Good"), () =>
			ask({
				title: __("Made Good"),
				fields: [{ ...reason_field({ fieldname: "note", label: __("How") }) }],
				label: __("Made Good"),
				sentence: () => __("The matter is over. Nothing is booked."),
				missing: no_note,
				submit: ({ note }) => call(`${API}made_good`, { returned_check: frm.doc.name, note }),
				done: again,
			})
		);
	}
	if (facts.may_write_off) {
		frm.add_custom_button(__("Write Off"), () => write_off(frm, facts, again));
	}
	if (facts.no_checks && facts.may_allow) {
		frm.page.add_menu_item(__("Take Checks Again"), () =>
			ask({
				title: __("Take Checks Again"),
				fields: [{ ...reason_field({ fieldname: "note", label: __("Why") }) }],
				label: __("Take Checks Again"),
				missing: no_note,
				submit: ({ note }) => call(`${API}allow_checks`, { customer: frm.doc.customer, note }),
				done: again,
			})
		);
	}
}

function write_off(frm, facts, done) {
	const left = facts.documents.filter((row) => row.doctype !== "Deposit" && row.left);
	ask({
		title: __("Write Off"),
		danger: true,
		fields: [
			{
				fieldtype: "Link",
				fieldname: "account",
				label: __("Loss Booked On"),
				options: "Account",
				reqd: 1,
				default: facts.write_off_account,
				get_query: () => ({
					filters: { company: frm.doc.company, root_type: "Expense", is_group: 0, disabled: 0 },
				}),
			},
			reason_field(),
		],
		label: __("Write Off"),
		working: __("Booking…"),
		sentence: ({ account }) =>
			fill(__("{0} are given up: {1} count as paid, the loss is booked on {2}. A fee stays owed."), [
				html`<b>${money(
					left.reduce((sum, row) => sum + row.left, 0),
					facts.currency
				)}</b>`,
				left.map((row) => row.name).join(", "),
				account || "…",
			]),
		missing: no_reason,
		submit: ({ account, reason }) => call(`${API}write_off`, { returned_check: frm.doc.name, account, reason }),
		done,
	});
}
