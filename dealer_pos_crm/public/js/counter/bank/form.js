/** A bank deposit: what was brought, what the bank made of it, and whether a statement says so. */

import { ask } from "../../desk/ask";
import { fill, html, link, ours, pill, trusted } from "../../desk/html";
import { reason_field, too_short } from "../../desk/reason";
import { call } from "../../desk/server";
import { exact, money, signed } from "../../desk/words";
import { figure, may_choose_company, show } from "./picker";
import { came_back } from "./returned";

const API = "dealer_pos_crm.api.bank_deposit.";
const SECTIONS = ["main_section", "items_section", "cash_section", "books_section"];
const COLORS = { "At the Bank": "orange", Reconciled: "green", Cancelled: "gray" };

export const color = (status) => COLORS[status] || "gray";

export async function refresh(frm) {
	ours(frm);
	frm.disable_save();
	const area = frm.fields_dict.overview.$wrapper;
	SECTIONS.forEach((section) => frm.set_df_property(section, "hidden", frm.is_new() ? 1 : 0));
	if (frm.is_new()) {
		frm.page.set_title(__("To the Bank"));
		frm.page.clear_indicator();
		if (may_choose_company()) choose_company(frm, area);
		await show(frm, area);
		return;
	}
	const { name } = frm.doc;
	area.html('<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>');
	let facts;
	try {
		facts = await call(`${API}get_overview`, { bank_deposit: name }, { type: "GET" });
	} catch (refusal) {
		area.html(String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`));
		return;
	}
	if (frm.doc.name !== name) return;
	if (facts.read_again) {
		await call(`${API}read_again`, { bank_deposit: name });
		frm.reload_doc();
		return;
	}
	area.html(String(overview(facts)));
	area.off("click.dlr").on("click.dlr", "[data-returned]", ({ currentTarget }) => {
		const check = facts.checks[currentTarget.dataset.returned];
		came_back({ doctype: check.doctype, name: check.document, done: () => frm.reload_doc() });
	});
	buttons(frm, facts);
}

function choose_company(frm, area) {
	frm.set_df_property("main_section", "hidden", 0);
	["company"].forEach((field) => frm.set_df_property(field, "read_only", 0));
	frm.fields_dict.company.df.onchange = () => show(frm, area);
}

function overview(facts) {
	const { currency } = facts;
	const off = facts.difference;
	return html`<div class="dlr-overview">
		<div class="dlr-answer">
			${figure(__("On the slip"), facts.total_amount, currency, pill(__(facts.status), color(facts.status)))}
			${figure(__("Cash"), facts.cash_amount, currency)}
			${figure(
				facts.check_count === 1 ? __("1 check") : __("{0} checks", [facts.check_count]),
				facts.check_amount,
				currency
			)}
			${figure(
				__("Credited by the bank"),
				facts.bank_amount,
				currency,
				off ? html`<span class="dlr-red">${signed(off, currency)} · ${facts.difference_reason}</span>` : ""
			)}
		</div>
		<div class="dlr-note ${note_color(facts)}"><div>${next(facts)}
			${facts.entry ? html`<br>${link("Journal Entry", facts.entry)}` : ""}</div></div>
		${checks(facts)}
	</div>`;
}

const note_color = ({ status }) => ({ Reconciled: "dlr-note-green", Cancelled: "dlr-note-red" }[status] || "");

function next(facts) {
	if (facts.status === "Reconciled") {
		return fill(__("The bank's statement of {0} confirms it."), [
			frappe.datetime.str_to_user(facts.cleared_on),
		]);
	}
	if (facts.status === "Cancelled") {
		return fill(__("Cancelled by {0}: {1}"), [facts.cancelled_by, facts.cancel_reason]);
	}
	return fill(
		__("{0} brought it on {1}. Match its entry with the statement in the Bank Reconciliation Tool; then it is reconciled by itself."),
		[facts.brought_by, exact(facts.brought_on)]
	);
}

function checks(facts) {
	if (!facts.checks.length) return "";
	return html`<div class="dlr-scroll"><table class="table dlr-table">
		<thead><tr><th>${__("Check")}</th><th>${__("Payer")}</th><th>${__("Payment")}</th>
			<th class="dlr-money">${__("Amount")}</th><th></th></tr></thead>
		<tbody>${facts.checks.map(
			(row, at) => html`<tr>
				<td>${row.check_no || "–"}</td>
				<td class="dlr-wrap">${row.payer}</td>
				<td>${link(row.doctype, row.document)}</td>
				<td class="dlr-money">${money(row.amount, facts.currency)}</td>
				<td>${last(row, at, facts)}</td>
			</tr>`
		)}</tbody></table></div>`;
}

function last(row, at, facts) {
	if (row.returned_check) {
		return html`${pill(__("Came back"), "red")} ${link("Returned Check", row.returned_check)}`;
	}
	if (!facts.may_return) return "";
	return html`<button class="btn btn-xs btn-default" data-returned="${at}">${__("Came Back")}</button>`;
}

function buttons(frm, facts) {
	if (facts.may_correct) {
		frm.add_custom_button(__("Bank Credited Another Amount"), () => correct(frm, facts));
	}
	if (facts.may_cancel) {
		frm.page.add_menu_item(__("Cancel Bank Deposit"), () => cancel(frm, facts));
	}
	if (facts.status !== "Cancelled") {
		frm.add_custom_button(__("Bank Reconciliation Tool"), () => {
			frappe.set_route("Form", "Bank Reconciliation Tool");
		});
	}
}

function correct(frm, facts) {
	const { currency } = facts;
	ask({
		title: __("What the Bank Credited"),
		fields: [
			{
				fieldtype: "Currency",
				fieldname: "bank_amount",
				label: __("Credited by the Bank"),
				reqd: 1,
				default: facts.bank_amount,
			},
			reason_field({ reqd: 0 }),
		],
		label: __("Book"),
		working: __("Booking…"),
		sentence: ({ bank_amount }) => {
			const off = flt((bank_amount || 0) - facts.total_amount, 2);
			return off
				? fill(__("The entry is booked anew with {0}; {1} go to over and short."), [
						html`<b>${money(bank_amount, currency)}</b>`,
						html`<b>${signed(off, currency)}</b>`,
				  ])
				: __("The entry is booked anew with the amount of the slip.");
		},
		missing: ({ bank_amount, reason }) => {
			if (flt(bank_amount, 2) === flt(facts.bank_amount, 2)) return __("Enter what the bank credited.");
			const off = flt((bank_amount || 0) - facts.total_amount, 2);
			return off && too_short(reason) ? __("Give the reason in a few words.") : null;
		},
		submit: ({ bank_amount, reason }) => call(`${API}correct`, { bank_deposit: frm.doc.name, bank_amount, reason }),
		done: () => frm.reload_doc(),
	});
}

function cancel(frm, facts) {
	ask({
		title: __("Cancel Bank Deposit"),
		danger: true,
		fields: [reason_field()],
		label: __("Cancel Bank Deposit"),
		sentence: () =>
			fill(__("Its entry is taken back: {0} are in the house again, and each check can go on another slip."), [
				html`<b>${money(facts.total_amount, facts.currency)}</b>`,
			]),
		missing: ({ reason }) => (too_short(reason) ? __("Give the reason in a few words.") : null),
		submit: ({ reason }) => call(`${API}cancel`, { bank_deposit: frm.doc.name, reason }),
		done: () => frm.reload_doc(),
	});
}
