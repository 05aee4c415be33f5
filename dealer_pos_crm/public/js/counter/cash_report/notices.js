/** The year-end notices: who has to be told, the letters, and that they went out. */

import { my_company } from "../../desk/dealership";
import { fill, html, link } from "../../desk/html";
import { call } from "../../desk/server";
import { money } from "../../desk/words";

const API = "dealer_pos_crm.api.cash_report.";

export function open() {
	const last = new Date().getFullYear();
	let rows = [];
	const dialog = new frappe.ui.Dialog({
		title: __("Year-end Notices"),
		size: "large",
		fields: [
			{ fieldtype: "Link", fieldname: "company", label: __("Company"), options: "Company", default: my_company(), reqd: 1, onchange: show },
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Select",
				fieldname: "year",
				label: __("Cash Received In"),
				options: [last, last - 1, last - 2].map(String),
				// The letters of a year go out in the January after it.
				default: String(new Date().getMonth() < 2 ? last - 1 : last),
				onchange: show,
			},
			{ fieldtype: "Section Break" },
			{ fieldtype: "HTML", fieldname: "list" },
		],
		primary_action_label: __("Print Letters"),
		primary_action: () => {
			const { company, year } = values();
			window.open(`/api/method/${API}get_letters?${new URLSearchParams({ company, year })}`, "_blank", "noopener");
		},
		secondary_action_label: __("Mark as Sent"),
		secondary_action: sent,
	});
	const values = () => ({ company: dialog.get_value("company"), year: dialog.get_value("year") });
	const buttons = (on) => {
		dialog.get_primary_btn().prop("disabled", !on);
		dialog.get_secondary_btn().prop("disabled", !on || rows.every((row) => row.sent_on));
	};

	async function show() {
		const { company, year } = values();
		const area = dialog.fields_dict.list.$wrapper;
		if (!company || !year) return;
		try {
			rows = await call(`${API}get_notices`, { company, year }, { type: "GET" });
		} catch (refusal) {
			area.html(refusal.message);
			rows = [];
		}
		area.html(String(table(rows, year)));
		buttons(rows.length);
	}

	function sent() {
		frappe.prompt(
			{ fieldtype: "Date", fieldname: "sent_on", label: __("Sent On"), reqd: 1, default: frappe.datetime.get_today() },
			async ({ sent_on }) => {
				const reports = [...new Set(rows.flatMap((row) => (row.sent_on ? [] : row.reports)))];
				try {
					await call(`${API}mark_sent`, { company: values().company, reports, sent_on });
				} catch (refusal) {
					frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" });
				}
				show();
			},
			__("The letters went out"),
			__("Mark as Sent")
		);
	}

	dialog.show();
	show();
	return dialog;
}

function table(rows, year) {
	if (!rows.length) {
		return html`<p class="text-muted">${__("Nobody has to be told about {0}: no required report was filed.", [year])}</p>`;
	}
	return html`<p>${fill(__("To be told in writing by {0}: each of them, also whoever was paid for. Voluntary reports are left out."), [
			html`<b>${frappe.datetime.str_to_user(rows[0].due_on)}</b>`,
		])}</p>
		<table class="table table-sm dlr-table">
			<thead>
				<tr>
					<th scope="col">${__("Who")}</th>
					<th scope="col" class="text-right">${__("Cash Reported")}</th>
					<th scope="col">${__("Reports")}</th>
					<th scope="col">${__("Sent")}</th>
				</tr>
			</thead>
			<tbody>
				${rows.map(
					(row) => html`<tr>
						<td>${row.name}${row.address.length ? "" : html` <span class="dlr-orange">${__("no address")}</span>`}</td>
						<td class="dlr-money text-right">${money(row.amount, row.currency)}</td>
						<td class="text-wrap">${row.reports.map((name, at) => html`${at ? ", " : ""}${link("Cash Report", name)}`)}</td>
						<td>${row.sent_on ? frappe.datetime.str_to_user(row.sent_on) : html`<span class="dlr-orange">${__("not yet")}</span>`}</td>
					</tr>`
				)}
			</tbody>
		</table>`;
}
