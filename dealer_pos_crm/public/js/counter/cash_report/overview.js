/** The top of a Cash Report: how much cash, from whom, until when, and what is missing. */

import { figure, fill, html, link, person, pill } from "../../desk/html";
import { money } from "../../desk/words";
import { OPEN, color_of, due } from "./status";

export function overview(doc, facts) {
	return html`<div class="dlr-overview">
		<div class="dlr-answer">${cash(doc, facts)} ${payers(doc, facts)} ${day(doc)} ${payer_data(doc, facts)}</div>
		${notes(doc, facts)} ${patterns(facts)} ${suggestions(facts)}
		<div class="dlr-small">${__("Boxes follow {0}.", [facts.edition])}</div>
	</div>`;
}

function cash(doc, facts) {
	const { amount, limit, currency } = facts;
	const share = Math.min(100, Math.round((amount / limit) * 100));
	return figure(
		__("Cash"),
		html`<span class="${facts.over ? "dlr-red" : ""}">${money(amount, currency)}</span>`,
		[
			facts.over
				? fill(__("over {0}"), [money(limit, currency)])
				: fill(__("{0}% of {1}"), [share, money(limit, currency)]),
			doc.first_on ? fill(__("since {0}"), [frappe.datetime.str_to_user(doc.first_on)]) : "",
			html`${pill(__(doc.status), color_of(doc.status))}
			${doc.voluntary ? pill(__("Voluntary"), "purple") : ""}
			${doc.suspicious ? pill(__("Suspicious"), "red") : ""}`,
		]
	);
}

function payers(doc, facts) {
	const [first, ...others] = facts.payers;
	return figure(__("Paid by"), link("Customer", first.customer, first.title), [
		...others.map(({ customer, title }) => link("Customer", customer, title)),
		doc.deal ? link("Deal Jacket", doc.deal) : "",
	]);
}

function day(doc) {
	if (doc.status === "Filed") {
		return figure(__("Filed"), frappe.datetime.str_to_user(doc.filed_on), [
			[__(doc.filed_how), doc.confirmation_no].filter(Boolean).join(" · "),
			person(doc.filed_by),
			doc.notice_due_on
				? doc.notice_sent_on
					? fill(__("payer told {0}"), [frappe.datetime.str_to_user(doc.notice_sent_on)])
					: fill(__("tell the payer by {0}"), [frappe.datetime.str_to_user(doc.notice_due_on)])
				: "",
			fill(__("kept until {0}"), [frappe.datetime.str_to_user(doc.keep_until)]),
		]);
	}
	if (doc.status === "Not Required") {
		return figure(__("Not required"), person(doc.decided_by) || "–", [
			doc.decision_reason,
			fill(__("kept until {0}"), [frappe.datetime.str_to_user(doc.keep_until)]),
		]);
	}
	if (!doc.due_on) {
		return figure(__("File by"), "–", [
			doc.status === "To File" ? __("voluntary: no last day") : __("nothing to file yet"),
		]);
	}
	return figure(__("File by"), due(doc.due_on), [
		frappe.datetime.str_to_user(doc.due_on),
		person(doc.responsible),
	]);
}

function payer_data(doc, facts) {
	if (!facts.missing.length) {
		return figure(__("Payer's data"), html`<span class="dlr-green">${__("complete")}</span>`, [
			doc.payer_tin_refused ? __("taxpayer id refused") : "",
		]);
	}
	return figure(
		__("Payer's data"),
		html`<span class="${facts.over ? "dlr-red" : "dlr-orange"}">${__("{0} missing", [facts.missing.length])}</span>`,
		[facts.missing.join(", ")]
	);
}

function note(color, body) {
	return html`<div class="dlr-note ${color ? `dlr-note-${color}` : ""}"><div>${body}</div></div>`;
}

function notes(doc, facts) {
	const found = [];
	if (doc.status === "Filed" && facts.taken_back) {
		found.push(
			note("red", fill(__("{0} of it was cancelled after filing. Amend the report (box 1a)."), [
				money(facts.taken_back, facts.currency),
			]))
		);
	}
	if (facts.given_back) {
		found.push(
			note("orange", fill(__("{0} was paid back since. It was received all the same: the report stays due."), [
				money(facts.given_back, facts.currency),
			]))
		);
	}
	if (doc.status === "To File") {
		found.push(
			note("", html`<b>${__("Next:")}</b> ${
				facts.missing.length
					? __("Record what is missing, then file it. What cannot be had is explained in the comments.")
					: __("Open the summary, file it by BSA E-Filing or on paper, then press Filed.")
			}`)
		);
	} else if (doc.status === "Watching") {
		found.push(
			note("", __("Above $10,000 the counter asks who pays before it takes more cash. Recorded now, nobody waits then."))
		);
	}
	return found;
}

function patterns(facts) {
	return (facts.patterns || []).map((found) =>
		note(
			"red",
			html`<b>${found.pattern}: ${money(found.amount, facts.currency)}</b>
				<div class="dlr-small">${found.payments.map(
					(row, at) =>
						html`${at ? " · " : ""}${link(row.doctype, row.name)} ${money(row.amount, facts.currency)}
						${frappe.datetime.str_to_user(row.paid_on)}`
				)}</div>
				<div class="dlr-small">${__("Shown to accountants and managers only. Never tell the payer.")}</div>`
		)
	);
}

function suggestions(facts) {
	const rows = facts.suggestions || [];
	if (!rows.length) return "";
	return html`<section class="dlr-cash-others">
		<div class="dlr-label">${__("Other cash of these people in twelve months: does it belong to this?")}</div>
		<table class="table table-sm dlr-table">
			<thead>
				<tr>
					<th scope="col">${__("Paid on")}</th>
					<th scope="col">${__("Payment")}</th>
					<th scope="col">${__("By")}</th>
					<th scope="col">${__("For")}</th>
					<th scope="col" class="text-right">${__("Amount")}</th>
					<th scope="col" class="text-right">${__("Together")}</th>
					<th scope="col"><span class="sr-only">${__("Decide")}</span></th>
				</tr>
			</thead>
			<tbody>
				${rows.map(
					(row) => html`<tr>
						<td>${frappe.datetime.str_to_user(row.paid_on)}</td>
						<td>${link(row.doctype, row.name)}</td>
						<td>${row.payer}</td>
						<td>${row.what_for || "–"}</td>
						<td class="dlr-money text-right">${money(row.amount, facts.currency)}</td>
						<td class="dlr-money text-right ${row.would_report ? "dlr-red" : ""}">${money(
							row.would_be,
							facts.currency
						)}</td>
						<td class="text-right text-nowrap">
							<button class="btn btn-default btn-xs" data-dlr="related" data-doctype="${row.doctype}" data-name="${row.name}">${__(
								"Related"
							)}</button>
							<button class="btn btn-default btn-xs" data-dlr="unrelated" data-doctype="${row.doctype}" data-name="${row.name}">${__(
								"Not Related"
							)}</button>
						</td>
					</tr>`
				)}
			</tbody>
		</table>
	</section>`;
}

export const is_open = (doc) => OPEN.includes(doc.status);
