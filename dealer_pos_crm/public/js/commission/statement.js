/** Commissions: who may see all of them, and what an accountant does from the statement. */

import { ask } from "../desk/ask";
import { fill, html, link, trusted } from "../desk/html";
import { call } from "../desk/server";
import { money } from "../desk/words";

const GET = { type: "GET" };
const SEES_ALL = ["Dealer Sales Manager", "Dealer Manager", "Dealer Accountant", "System Manager"];
const POSTS = ["Dealer Accountant", "Dealer Manager", "System Manager"];

export const sees_all = () => SEES_ALL.some((role) => frappe.user.has_role(role));

export function statement(report) {
	if (!POSTS.some((role) => frappe.user.has_role(role))) return;
	report.page.add_inner_button(__("Post to the Ledger"), () => post(report));
	report.page.add_inner_button(__("Record Draws"), () => draws(report));
}

async function post(report) {
	const company = report.get_filter_value("company");
	const until = report.get_filter_value("to_date");
	let found;
	try {
		found = await call("dealer_pos_crm.api.commission.preview", { company, until }, GET);
	} catch (refusal) {
		return frappe.msgprint({ title: refusal.title || __("Not possible"), message: String(trusted(refusal.message)), indicator: "red" });
	}
	const day = frappe.datetime.str_to_user(until);
	return ask({
		title: __("Post Commissions up to {0}", [day]),
		fields: [
			{ fieldtype: "HTML", fieldname: "people", options: String(people(found)) },
			{ fieldtype: "Date", fieldname: "posting_date", label: __("Posting Date"), default: until, reqd: 1 },
		],
		label: __("Post {0}", [money(found.total, found.currency)]),
		problem: () => (!found.entries ? __("Nothing accrued up to {0} waits to be posted.", [day]) : null),
		sentence: () => __("One journal entry: commission expense to commission payable."),
		submit: ({ posting_date }) =>
			call("dealer_pos_crm.api.commission.post", { company, until, posting_date }),
		done: (journal) => {
			frappe.show_alert({ message: String(fill(__("Posted as {0}"), [link("Journal Entry", journal)])), indicator: "green" }, 10);
			report.refresh();
		},
	});
}

function people(found) {
	return html`<table class="table table-sm">
		${found.people.map(
			(row) => html`<tr>
				<td>${row.name}</td>
				<td class="text-right">${row.entries}</td>
				<td class="text-right">${money(row.amount, found.currency)}</td>
			</tr>`
		)}
		${found.missing.map((text) => html`<tr><td colspan="3" class="dlr-red">${trusted(text)}</td></tr>`)}
	</table>`;
}

function draws(report) {
	const company = report.get_filter_value("company");
	const month = report.get_filter_value("from_date");
	return ask({
		title: __("Record Draws"),
		fields: [
			{ fieldtype: "Date", fieldname: "month", label: __("A Day of the Month"), default: month, reqd: 1 },
		],
		label: __("Record Draws"),
		sentence: () => __("For everybody whose plan has a draw, once a month. It is recovered from what they earn."),
		submit: (values) => call("dealer_pos_crm.api.commission.record_draws", { company, month: values.month }),
		done: (names) => {
			frappe.show_alert({ message: names.length ? __("{0} draws recorded", [names.length]) : __("All draws of that month are there already"), indicator: "green" });
			report.refresh();
		},
	});
}
