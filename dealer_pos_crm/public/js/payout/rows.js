/** The rows of a payout, a page at a time: what needs a person comes first. */

import { ask } from "../desk/ask";
import { html, link, pill, trusted } from "../desk/html";
import { call } from "../desk/server";
import { exact, money, signed } from "../desk/words";

const API = "dealer_pos_crm.api.payout.";
const PAGE = 50;
const COLORS = { Exception: "orange", Settled: "blue", Matched: "green" };

export function rows_of(area, frm, facts, changed) {
	const { doc } = frm;
	const view = { state: facts.counts.Exception ? "Exception" : null, start: 0 };

	async function show() {
		let page;
		try {
			page = await call(
				`${API}rows`,
				{ payout: doc.name, state: view.state, start: view.start, page: PAGE },
				{ type: "GET" }
			);
		} catch (refusal) {
			area.html(String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`));
			return;
		}
		area.html(String(table(page, view, doc)));
		area.find("[data-state]").on("click", (event) => {
			Object.assign(view, { state: event.currentTarget.dataset.state || null, start: 0 });
			show();
		});
		area.find("[data-start]").on("click", (event) => {
			view.start = Number(event.currentTarget.dataset.start);
			show();
		});
		area.find("[data-settle]").on("click", (event) => {
			settle(page.rows.find((row) => row.name === event.currentTarget.dataset.settle), doc, changed);
		});
		area.find("[data-open]").on("click", async (event) => {
			await call(`${API}open_again`, { line: event.currentTarget.dataset.open });
			changed();
		});
	}
	return show();
}

function table(page, view, doc) {
	const all = Object.values(page.counts).reduce((sum, count) => sum + count, 0);
	if (!all) return html`<div class="dlr-small">${__("No rows are read yet.")}</div>`;
	const tabs = [
		["", __("All"), all],
		["Exception", __("Exceptions"), page.counts.Exception],
		["Settled", __("Settled"), page.counts.Settled],
		["Matched", __("Matched"), page.counts.Matched],
	];
	return html`<div class="dlr-buttons" role="tablist" aria-label="${__("Rows")}">
			${tabs.map(
				([state, label, count]) => html`<button class="btn btn-xs ${
					(view.state || "") === state ? "btn-primary" : "btn-default"
				}" role="tab" aria-selected="${String((view.state || "") === state)}" data-state="${state}">
					${label} (${count})</button>`
			)}
		</div>
		<div class="dlr-scroll"><table class="table dlr-table dlr-payout-table">
			<thead><tr><th>${__("Row")}</th><th class="dlr-money">${__("Amount")}</th>
				<th class="dlr-money">${__("Fee")}</th><th>${__("Belongs to")}</th><th>${__("State")}</th></tr></thead>
			<tbody>${page.rows.map((row) => one(row, doc))}</tbody>
		</table></div>
		${pager(page)}`;
}

function one(row, doc) {
	const may = frappe.model.can_write("Gateway Payout") && ["Exceptions", "Reconciled"].includes(doc.status);
	return html`<tr>
		<td><div>${words(row.category)}</div>
			<div class="dlr-small" title="${row.transaction_id}">${exact(row.created_at)}</div></td>
		<td class="dlr-money">${signed(row.amount, row.currency)}</td>
		<td class="dlr-money">${row.fee ? money(row.fee, row.currency) : ""}</td>
		<td class="dlr-wrap">${row.card_payment ? link("Card Payment", row.card_payment) : row.source_id}
			${row.voucher ? html`<div class="dlr-small">${link(row.voucher_type, row.voucher)}</div>` : ""}
			${row.department ? html`<div class="dlr-small">${__(row.department)}</div>` : ""}</td>
		<td class="dlr-wrap">${pill(__(row.state), COLORS[row.state])}
			${row.state === "Exception"
				? html`<div>${row.problem}</div><div class="dlr-small">${row.suggestion}</div>
					${may
						? html`<button class="btn btn-xs btn-default" data-settle="${row.name}">${__("Settle")}</button>`
						: ""}`
				: ""}
			${row.state === "Settled"
				? html`<div class="dlr-small">${row.note}${row.account ? html` · ${row.account}` : ""}</div>
					${may
						? html`<button class="btn btn-xs btn-default" data-open="${row.name}">${__("Open Again")}</button>`
						: ""}`
				: ""}</td>
	</tr>`;
}

const CATEGORIES = () => ({
	charge: __("Charge"),
	charge_failure: __("Charge that failed"),
	partial_capture_reversal: __("Part not captured"),
	refund: __("Refund"),
	refund_failure: __("Refund that came back"),
	dispute: __("Dispute"),
	dispute_reversal: __("Dispute won"),
	fee: __("Fee"),
	network_cost: __("Network cost"),
	tax: __("Tax"),
	payout_reversal: __("Payout that came back"),
});

function words(category) {
	return CATEGORIES()[category] || frappe.unscrub(category || "");
}

function pager(page) {
	if (page.total <= page.page) return "";
	const last = Math.min(page.start + page.page, page.total);
	return html`<div class="dlr-buttons">
		<button class="btn btn-xs btn-default" data-start="${Math.max(0, page.start - page.page)}"
			${page.start ? "" : "disabled"}>${__("Back")}</button>
		<span class="dlr-small">${__("{0} to {1} of {2}", [page.start + 1, last, page.total])}</span>
		<button class="btn btn-xs btn-default" data-start="${page.start + page.page}"
			${last < page.total ? "" : "disabled"}>${__("Next")}</button>
	</div>`;
}

function settle(row, doc, done) {
	ask({
		title: __("Settle {0}", [words(row.category)]),
		fields: [
			{ fieldtype: "Small Text", fieldname: "note", label: __("What It Is"), reqd: 1 },
			{
				fieldtype: "Link",
				fieldname: "account",
				label: __("Booked On"),
				options: "Account",
				get_query: () => ({ filters: { company: doc.company, is_group: 0 } }),
				description: __("Empty: it stays on the clearing account until its own voucher is there"),
			},
		],
		label: __("Settle"),
		sentence: (values) =>
			values.account
				? __("{0} is booked on {1} with this payout.", [signed(row.amount, row.currency), values.account])
				: __("{0} stays on the clearing account.", [signed(row.amount, row.currency)]),
		submit: ({ note, account }) => call(`${API}settle`, { line: row.name, note, account }),
		done,
	});
}
