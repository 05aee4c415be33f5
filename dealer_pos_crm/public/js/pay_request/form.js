/** The Pay Request form: where it stands, what was paid, what happened; and what can be done now. */

import { ask } from "../desk/ask";
import { companies, my_company } from "../desk/dealership";
import { fill, html, link, meet, ours, person, pill, trusted } from "../desk/html";
import { no_reason, reason_field } from "../desk/reason";
import { call } from "../desk/server";
import { deadline, exact, money, when } from "../desk/words";
import { copy_link, show_link } from "./link";
import { send_request } from "./send";
import { color_of, LIVE } from "./status";

const API = "dealer_pos_crm.api.pay_request.";
const PAYMENT_COLORS = {
	Captured: "green",
	Failed: "red",
	Waiting: "gray",
	Processing: "blue",
	Authorised: "blue",
};

export function setup(frm) {
	ours(frm);
	frm.set_query("company", () => ({ filters: { name: ["in", companies()] } }));
}

export async function refresh(frm) {
	frm.dlr_facts = null;
	if (frm.is_new()) {
		// A request begins with its dialog, where the amount comes from the books.
		frappe.model.clear_doc(frm.doctype, frm.docname);
		frappe.set_route("List", "Pay Request").then(() => free());
		return;
	}
	frm.disable_save();
	for (const field of ["status", "customer_name", "failure", "sent_on", "opened_on", "paid_amount"]) {
		frm.toggle_display(field, false); // said at the top already
	}
	const top = frm.fields_dict.overview.$wrapper;
	if (top.data("request") !== frm.doc.name) {
		top.data("request", frm.doc.name).html(
			`<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>`
		);
	}
	await load(frm);
}

async function load(frm) {
	const { name } = frm.doc;
	const top = frm.fields_dict.overview.$wrapper;
	let facts;
	try {
		facts = await call(`${API}get_overview`, { pay_request: name }, { type: "GET" });
	} catch (refusal) {
		top.html(
			String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`)
		);
		return;
	}
	if (frm.doc.name !== name) return;
	meet(facts.people);
	frm.dlr_facts = facts;
	top.html(String(overview(frm.doc, facts)));
	buttons(frm, facts);
}

function overview(doc, facts) {
	return html`<div class="dlr-overview">
		<div class="dlr-answer">${amount(doc, facts)} ${purpose(doc)} ${life(doc, facts)}</div>
		${notes(doc, facts)} ${payments(doc, facts.payments)} ${steps(facts.steps)}
	</div>`;
}

function amount(doc, facts) {
	const live = LIVE.includes(doc.status) || doc.status === "Draft";
	const shown = live ? facts.now : doc.paid_amount || doc.amount;
	return html`<div class="dlr-figure">
		<div class="dlr-label">${live ? __("To be paid") : __(doc.status)}</div>
		<div class="dlr-number ${live || doc.status === "Paid" ? "" : "dlr-quiet"}">
			${money(shown, doc.currency)}
		</div>
		<div class="dlr-small">
			${live ? pill(__(doc.status), color_of(doc.status)) : ""}
			${live && doc.paid_amount ? fill(__("{0} paid"), [money(doc.paid_amount, doc.currency)]) : ""}
			${doc.paid_on && !live ? fill(__("paid {0}"), [when(doc.paid_on)]) : ""}
		</div>
	</div>`;
}

function purpose(doc) {
	return html`<div class="dlr-figure">
		<div class="dlr-label">${__("For")}</div>
		<div class="dlr-fact">${doc.for_name ? link(doc.for_doctype, doc.for_name, doc.what) : doc.what}</div>
		<div class="dlr-small">${link("Customer", doc.customer, doc.customer_name)}</div>
	</div>`;
}

function life(doc, facts) {
	const live = LIVE.includes(doc.status);
	if (doc.status === "Draft" && doc.automatic_at) {
		return html`<div class="dlr-figure">
			<div class="dlr-label">${__("Is sent by itself")}</div>
			<div class="dlr-fact">${when(doc.automatic_at)}</div>
			<div class="dlr-small">${__("Starts anew at every change of the order")}</div>
		</div>`;
	}
	if (!live) return "";
	const { tone } = deadline(doc.expires_at);
	return html`<div class="dlr-figure">
		<div class="dlr-label">${facts.expired ? __("Expired") : __("Works until")}</div>
		<div class="dlr-fact ${tone && `dlr-${tone}`}">${when(doc.expires_at)}</div>
		<div class="dlr-small">
			${
				doc.opened_on
					? fill(__("opened {0}, {1} times"), [when(doc.opened_on), doc.opened_count])
					: doc.sent_on
					? fill(__("sent {0}, not opened yet"), [when(doc.sent_on)])
					: ""
			}
		</div>
	</div>`;
}

function note(text, color = "orange") {
	return html`<div class="dlr-note dlr-note-${color}"><div>${text}</div></div>`;
}

function notes(doc, facts) {
	const live = LIVE.includes(doc.status);
	return [
		doc.test_mode ? note(html`<b>${__("Test mode")}</b>: ${__("no money moved here.")}`) : "",
		doc.failure ? note(doc.failure, "red") : "",
		live && !facts.payable && facts.why_not
			? note(fill(__("It cannot be paid now: {0}"), [facts.why_not]))
			: "",
		live && facts.payable && !facts.now && !doc.paid_amount
			? note(__("Nothing is left to pay: it was paid another way. The request closes by itself."))
			: "",
		live && facts.changed && facts.now
			? note(
					fill(__("{0} was asked for, {1} is open now; the page asks for that."), [
						money(doc.amount, doc.currency),
						money(facts.now, doc.currency),
					])
			  )
			: "",
		doc.cancel_reason
			? html`<div class="dlr-note">
					<div>
						${__(doc.cancel_reason)}
						<div class="dlr-small">${when(doc.cancelled_on)} ${person(doc.cancelled_by)}</div>
					</div>
			  </div>`
			: "",
	];
}

function payments(doc, rows) {
	if (!rows.length) return "";
	return html`<h6 class="dlr-heading">${__("Payments")}</h6>
		<div class="dlr-scroll">
			<table class="table dlr-table">
				<tbody>
					${rows.map(
						(row) => html`<tr>
							<td>${pill(__(row.status), PAYMENT_COLORS[row.status] || "gray")}</td>
							<td>${link("Card Payment", row.name)}</td>
							<td>${row.last4 ? `${row.brand || ""} •••• ${row.last4}` : ""}</td>
							<td class="dlr-money">${money(row.amount, doc.currency)}</td>
							<td>${row.payment_entry ? link("Payment Entry", row.payment_entry) : __(row.booking || "")}</td>
							<td class="dlr-wrap">${row.why}</td>
							<td>${when(row.at)}</td>
						</tr>`
					)}
				</tbody>
			</table>
		</div>`;
}

function steps(rows) {
	if (!rows.length) return "";
	return html`<h6 class="dlr-heading">${__("What happened")}</h6>
		<div class="dlr-scroll">
			<table class="table dlr-table">
				<tbody>
					${rows.map(
						(row) => html`<tr>
							<td title="${exact(row.happened_at)}">${when(row.happened_at)}</td>
							<td class="dlr-wrap">${row.title}</td>
							<td>${person(row.actor)}</td>
						</tr>`
					)}
				</tbody>
			</table>
		</div>`;
}

function buttons(frm, facts) {
	const { doc } = frm;
	const may = (action) => facts.actions.includes(action) && frappe.model.can_write("Pay Request");
	frm.page.clear_primary_action();
	if (may("Send")) frm.page.set_primary_action(__("Send Now"), () => send(frm));
	else if (may("Copy Link")) frm.page.set_primary_action(__("Copy Link"), () => copy_link(doc.name));
	else if (may("Send Again")) frm.page.set_primary_action(__("Send Again"), () => again(frm, facts));
	if (may("Copy Link")) {
		frm.add_custom_button(__("Show QR Code"), () => show_link(doc.name));
		frm.add_custom_button(__("Send Again"), () => again(frm, facts));
	}
	if (may("Cancel")) frm.add_custom_button(__("Cancel Request"), () => cancel(frm));
}

async function send(frm) {
	try {
		await call(`${API}send`, { pay_request: frm.doc.name });
	} catch (refusal) {
		frappe.msgprint({
			title: refusal.title,
			message: String(trusted(refusal.message)),
			indicator: "orange",
		});
	}
	frm.reload_doc();
}

function again(frm, facts) {
	const { doc } = frm;
	const way = (channel) => `eval:doc.channel === "${channel}"`;
	ask({
		title: __("Send Again"),
		fields: [
			{
				fieldtype: "Select",
				fieldname: "channel",
				label: __("Send By"),
				options: facts.ways.map(({ channel }) => ({ value: channel, label: __(channel) })),
				default: doc.channel,
				reqd: 1,
			},
			{ fieldtype: "Data", fieldname: "email", label: __("E-mail"), default: doc.email, depends_on: way("E-mail") },
			{ fieldtype: "Data", fieldname: "phone", label: __("Phone"), default: doc.phone, depends_on: way("Text Message") },
			{
				fieldtype: "Datetime",
				fieldname: "expires_at",
				label: __("Works Until"),
				default: facts.expired || doc.status === "Expired" ? null : doc.expires_at,
				description: __("Empty: as long as a new one"),
			},
			{
				fieldtype: "Check",
				fieldname: "new_link",
				label: __("Make the first link worthless"),
				description: __("A new address always gets a new link"),
			},
		],
		label: __("Send Again"),
		working: __("Sending…"),
		sentence: () =>
			fill(__("{0} is open now; that is what is asked for."), [
				html`<b>${money(facts.now, doc.currency)}</b>`,
			]),
		submit: (values) => call(`${API}resend`, { pay_request: doc.name, values }),
		done: (answer) => {
			frm.reload_doc();
			if (answer.channel === "Link Only") return show_link(answer.name, __("The Link Is Ready"));
			frappe.show_alert({ message: __("Sent again"), indicator: "green" });
		},
	});
}

function cancel(frm) {
	ask({
		title: __("Cancel Request"),
		fields: [reason_field()],
		label: __("Cancel Request"),
		danger: true,
		missing: no_reason,
		sentence: () =>
			__("The link ends at once and says so. Money that is on its way all the same is booked, and you are told."),
		submit: ({ reason }) => call(`${API}cancel`, { pay_request: frm.doc.name, reason }),
		done: () => frm.reload_doc(),
	});
}

/** A request for a free amount: who is to pay, then what for. */
export function free() {
	const dealers = companies();
	return ask({
		title: __("Ask for a Payment"),
		fields: [
			{
				fieldtype: "Link",
				fieldname: "customer",
				label: __("Customer"),
				options: "Customer",
				reqd: 1,
				get_query: () => ({ filters: { disabled: 0 } }),
			},
			{
				fieldtype: "Select",
				fieldname: "company",
				label: __("Company"),
				options: dealers,
				default: my_company(),
				hidden: dealers.length > 1 ? 0 : 1,
				reqd: 1,
			},
		],
		label: __("Next"),
		sentence: () =>
			__("For a deposit, a deal, an order or an invoice, open it and choose Send Pay Request there: then the amount comes from the books."),
		submit: async (values) => values,
		done: (values) =>
			send_request(values, (answer) => frappe.set_route("Form", "Pay Request", answer.name)),
	});
}
