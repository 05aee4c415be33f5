/** What happened to a deposit: each movement with its sign and its why, and the promises around it. */

import { html, link, person, pill } from "../desk/html";
import { exact, money, signed, when } from "../desk/words";
import { follow_up_color } from "../follow_up/status";

const PAGE = 100; // as the server gives them

export function history(doc, facts) {
	return html`<div class="dlr-history">
		${movements(doc, facts.movements || [])} ${follow_ups(facts.follow_ups || [])}
	</div>`;
}

function word(row) {
	if (row.amount >= 0) return __(row.movement);
	if (row.movement === "Taken") return __("Payment cancelled");
	if (row.movement === "Applied") return __("Back from the invoice");
	if (row.movement === "Refunded") return __("Refund cancelled");
	return __("Forfeiture cancelled");
}

/** What a movement did to the held money: taking adds, everything else takes away. */
function effect(row) {
	return row.movement === "Taken" ? row.amount : -row.amount;
}

function movements(doc, rows) {
	if (!rows.length) return html`<p class="text-muted">${__("No money has moved yet.")}</p>`;
	let held = doc.held_amount;
	const lines = rows.map((row) => {
		const line = html`<tr>
			<td title="${exact(row.moved_at)}">${when(row.moved_at)}</td>
			<td>${word(row)}${row.mode ? html` <span class="text-muted">· ${__(row.mode)}</span>` : ""}</td>
			<td class="dlr-money ${effect(row) < 0 ? "dlr-out" : "dlr-in"}">${signed(
			effect(row),
			row.currency
		)}</td>
			<td class="dlr-money text-muted">${money(held, row.currency)}</td>
			<td>${link(row.against_doctype, row.against_name)}</td>
			<td class="dlr-wrap">${row.reason}</td>
			<td>${person(row.actor)}</td>
		</tr>`;
		held -= effect(row);
		return line;
	});
	return html`<div class="dlr-scroll">
			<table class="table dlr-table">
				<thead>
					<tr>
						<th>${__("When")}</th>
						<th>${__("What")}</th>
						<th class="dlr-money">${__("Amount")}</th>
						<th class="dlr-money">${__("Held After")}</th>
						<th>${__("Document")}</th>
						<th>${__("Reason")}</th>
						<th>${__("By")}</th>
					</tr>
				</thead>
				<tbody>
					${lines}
				</tbody>
			</table>
		</div>
		${
			rows.length >= PAGE
				? html`<p class="dlr-small">
					${__("The last {0} movements.", [PAGE])}
					<a data-dlr="all-movements" href="#">${__("Show all")}</a>
			  </p>`
				: ""
		}`;
}

function follow_ups(rows) {
	if (!rows.length) return "";
	return html`<h6 class="dlr-heading">${__("Follow-ups")}</h6>
		<div class="dlr-scroll">
			<table class="table dlr-table">
				<tbody>
					${rows.map(
						(row) => html`<tr>
							<td>${pill(...follow_up_color(row))}</td>
							<td class="dlr-wrap">${link("Follow Up", row.name, row.title)}</td>
							<td>${person(row.owner_user) || __("Nobody yet")}</td>
							<td class="dlr-wrap">${because(row)}</td>
						</tr>`
					)}
				</tbody>
			</table>
		</div>`;
}

function because(row) {
	if (row.status === "Open") return html`${__("due")} ${when(row.due_at)}`;
	if (row.status === "Planned") return html`${__("opens")} ${when(row.opens_at)}`;
	return [row.outcome && __(row.outcome), row.reason].filter(Boolean).join(" · ");
}
