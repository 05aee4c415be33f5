/** A payout of the card provider: what arrived, what it is made of, and the rows that need a person. */

import { ask } from "../desk/ask";
import { fill, html, intro, link, ours, pill, trusted } from "../desk/html";
import { call } from "../desk/server";
import { money, signed } from "../desk/words";
import { rows_of } from "./rows";

const API = "dealer_pos_crm.api.payout.";
const COLORS = {
	Waiting: "gray",
	Exceptions: "orange",
	Reconciled: "blue",
	Booked: "green",
	Failed: "red",
	Manual: "yellow",
	Cancelled: "gray",
};

export const color = (status) => COLORS[status] || "gray";

export async function refresh(frm) {
	ours(frm);
	intro(frm, "");
	if (frm.is_new()) {
		frm.disable_save();
		intro(frm, __("Payouts come from the card provider by themselves."), "blue");
		return;
	}
	frm.disable_save();
	const name = frm.doc.name;
	const area = frm.fields_dict.overview.$wrapper.html('<div class="dlr-overview dlr-skeleton"></div>');
	let facts;
	try {
		facts = await call(`${API}summary`, { payout: name }, { type: "GET" });
	} catch (refusal) {
		area.html(String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`));
		return;
	}
	if (frm.doc.name !== name) return;
	area.html(String(overview(frm.doc, facts)));
	buttons(frm);
	rows_of(area.find(".dlr-payout-rows"), frm, facts, () => frm.reload_doc());
}

function overview(doc, facts) {
	const note = { Exceptions: "orange", Failed: "red", Manual: "orange", Reconciled: "green" }[doc.status];
	return html`<div class="dlr-overview">
		<div class="dlr-answer">
			${figure(__("Paid out"), doc.amount, doc.currency, html`${pill(__(doc.status), color(doc.status))}
				${doc.test_mode ? pill(__("Test mode"), "yellow") : ""}`)}
			${figure(__("Charges"), doc.charges, doc.currency, rows_in_words(doc.line_count || 0))}
			${figure(__("Refunds and disputes"), doc.refunds + doc.disputes + doc.other, doc.currency)}
			${figure(__("Fees"), -doc.fees, doc.currency, share(doc))}
		</div>
		<div class="dlr-note ${note ? `dlr-note-${note}` : ""}">
			<div>
				${facts.problem ? html`<b>${facts.problem}</b><br />` : ""}${facts.next}
				${doc.journal_entry ? html`<br />${link("Journal Entry", doc.journal_entry)}` : ""}
				${doc.reversal_entry
					? html`<br />${__("Taken back:")} ${link("Journal Entry", doc.reversal_entry)}`
					: ""}
			</div>
		</div>
		${departments(facts, doc.currency)}
		<div class="dlr-payout-rows"></div>
	</div>`;
}

function figure(label, amount, currency, below = "") {
	return html`<div class="dlr-figure">
		<div class="dlr-label">${label}</div>
		<div class="dlr-amount"><span class="dlr-number">${
			amount < 0 ? signed(amount, currency) : money(amount || 0, currency)
		}</span></div>
		<div class="dlr-small">${below}</div>
	</div>`;
}

const rows_in_words = (count) => (count === 1 ? __("1 row") : __("{0} rows", [count]));

function share(doc) {
	return doc.charges ? __("{0} % of the charges", [((100 * doc.fees) / doc.charges).toFixed(2)]) : "";
}

function departments(facts, currency) {
	if (facts.departments.length < 2) return "";
	return html`<div class="dlr-scroll"><table class="table dlr-table">
		<thead><tr><th>${__("Department")}</th><th class="dlr-money">${__("Rows")}</th>
			<th class="dlr-money">${__("Amount")}</th><th class="dlr-money">${__("Fees")}</th>
			<th class="dlr-money">${__("Net")}</th></tr></thead>
		<tbody>${facts.departments.map(
			(row) => html`<tr><td>${row.department ? __(row.department) : __("No department")}</td>
				<td class="dlr-money">${row.rows}</td>
				<td class="dlr-money">${signed(row.amount, currency)}</td>
				<td class="dlr-money">${money(row.fee, currency)}</td>
				<td class="dlr-money">${signed(row.net, currency)}</td></tr>`
		)}</tbody></table></div>`;
}

function buttons(frm) {
	const { doc } = frm;
	if (!frappe.model.can_write("Gateway Payout")) return;
	const again = () => frm.reload_doc();
	if (doc.status === "Reconciled") {
		frm.page.set_primary_action(__("Book"), () => book(doc, again));
	} else if (doc.status === "Exceptions") {
		frm.page.set_primary_action(__("Match Again"), async () => {
			const done = await call(`${API}match_again`, { payout: doc.name });
			frappe.show_alert({
				message: __("{0} rows explained, {1} still open", [done.solved, done.exceptions]),
				indicator: done.exceptions ? "orange" : "green",
			});
			again();
		});
	}
	if (["Waiting", "Exceptions", "Reconciled"].includes(doc.status)) {
		frm.add_custom_button(__("Read Again"), async () => {
			await call(`${API}read_again`, { payout: doc.name });
			frappe.show_alert(__("It is being read. This page shows it when it is done."));
		});
	}
}

function book(doc, done) {
	ask({
		title: __("Book payout {0}", [doc.payout_id]),
		fields: [],
		label: __("Book"),
		working: __("Booking…"),
		sentence: () =>
			fill(__("{0} go to the bank account and {1} to the fees, from the clearing account."), [
				html`<b>${money(doc.amount, doc.currency)}</b>`,
				html`<b>${money(doc.fees, doc.currency)}</b>`,
			]),
		submit: () => call(`${API}book`, { payout: doc.name }),
		done,
	});
}

