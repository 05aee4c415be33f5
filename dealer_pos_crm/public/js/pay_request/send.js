/** One dialog for every request to pay: from a document, or for a free amount. */

import { ask } from "../desk/ask";
import { usual_company } from "../desk/dealership";
import { fill, html, link, raw, trusted } from "../desk/html";
import { call } from "../desk/server";
import { exact, money, when } from "../desk/words";
import { show_link } from "./link";

const API = "dealer_pos_crm.api.pay_request.";
const GET = { type: "GET" };
const EMAIL = "E-mail";
const TEXT = "Text Message";
const NO_CONSENT = "no_consent";

function refused(refusal) {
	frappe.msgprint({
		title: refusal.title || __("Not possible"),
		message: String(trusted(refusal.message)),
		indicator: "orange",
	});
}

/**
 * @param {object} about for_doctype and for_name, or customer and company for a free amount
 * @param {(answer: object) => void} [done]
 */
export async function send_request(about, done) {
	const asked = { ...about, company: about.for_name ? null : about.company || usual_company() };
	let facts;
	try {
		facts = await call(`${API}defaults`, asked, GET);
	} catch (refusal) {
		refused(refusal);
		return null;
	}
	return open(facts, done);
}

function open(facts, done) {
	const free = !facts.for_name;
	const dialog = ask({
		title: free ? __("Ask for a Payment") : __("Send Pay Request"),
		fields: fields(facts, free),
		label: __("Send"),
		working: __("Sending…"),
		problem: (values) => problem(facts, values),
		missing: (values) => missing(facts, values),
		sentence: (values) => sentence(facts, values, free),
		submit: (values, key) =>
			call(`${API}create`, { values: given(facts, values), client_key: key }),
		done: (answer) => sent(answer, done),
	});
	const wrapper = dialog.$wrapper;
	wrapper.on("click", "[data-dlr=preview]", () => preview(facts, dialog));
	wrapper.on("click", "[data-dlr=consent]", () => note_consent(facts, dialog));
	return dialog;
}

function fields(facts, free) {
	const way = (channel) => `eval:doc.channel === "${channel}"`;
	return [
		{ fieldtype: "HTML", fieldname: "top", options: String(top(facts)) },
		...(free
			? [
					{
						fieldtype: "Link",
						fieldname: "customer",
						label: __("Customer"),
						options: "Customer",
						default: facts.customer,
						read_only: facts.customer ? 1 : 0,
						reqd: 1,
					},
					{
						fieldtype: "Data",
						fieldname: "what",
						label: __("What For"),
						description: __("The customer reads this"),
						reqd: 1,
					},
			  ]
			: []),
		{
			fieldtype: "Currency",
			fieldname: "amount",
			label: __("Amount ({0})", [facts.currency]),
			default: facts.amount || null,
			reqd: 1,
			read_only: facts.for_doctype === "Deposit" ? 1 : 0,
			description:
				free || facts.for_doctype === "Deposit"
					? ""
					: __("Left as it is, the page asks for what is open when the customer pays"),
		},
		{
			fieldtype: "Check",
			fieldname: "allow_partial",
			label: __("May be paid in parts"),
			default: facts.allow_partial ? 1 : 0,
			hidden: facts.partial_possible ? 0 : 1,
		},
		{ fieldtype: "Section Break" },
		{
			fieldtype: "Select",
			fieldname: "channel",
			label: __("Send By"),
			options: facts.ways.map(({ channel }) => ({ value: channel, label: __(channel) })),
			default: facts.channel,
			reqd: 1,
		},
		{
			fieldtype: "Data",
			fieldname: "email",
			label: __("E-mail"),
			options: "Email",
			default: facts.email,
			depends_on: way(EMAIL),
		},
		{
			fieldtype: "Data",
			fieldname: "phone",
			label: __("Phone"),
			options: "Phone",
			default: facts.phone,
			depends_on: way(TEXT),
		},
		{ fieldtype: "Column Break" },
		{
			fieldtype: "Datetime",
			fieldname: "expires_at",
			label: __("Works Until"),
			default: facts.expires_at,
			reqd: 1,
		},
		{ fieldtype: "Section Break" },
		{
			fieldtype: "Small Text",
			fieldname: "message",
			label: __("A word of your own"),
			max_height: "60px",
		},
	];
}

function top(facts) {
	const test = facts.test_mode
		? html`<div class="dlr-note dlr-note-orange">
				<div><b>${__("Test mode")}</b>: ${__("no money moves, whatever the customer enters.")}</div>
		  </div>`
		: "";
	const others = facts.open.map(
		(row) => html`<div class="dlr-note">
			<div>
				${fill(__("{0} asks for {1} already ({2}, sent {3})."), [
					link("Pay Request", row.name),
					money(row.amount - row.paid_amount, row.currency),
					__(row.status),
					when(row.sent_on),
				])}
			</div>
		</div>`
	);
	const what = facts.what
		? html`<p>
				<b>${facts.what}</b><br />
				<span class="text-muted">${facts.customer_name || ""}</span>
		  </p>`
		: "";
	return html`${test}${what}${others}`;
}

function way_of(facts, channel) {
	return facts.ways.find((row) => row.channel === channel) || {};
}

/** Why it cannot be sent this way. An address that is missing is said apart. */
function problem(facts, values) {
	const way = way_of(facts, values.channel);
	if (way.open || ["no_email", "no_phone"].includes(way.code)) return null;
	if (way.code !== NO_CONSENT || !facts.customer) return way.why || null;
	return html`${way.why}
		<div class="dlr-buttons">
			<button type="button" class="btn btn-default btn-xs" data-dlr="consent">
				${__("Note Consent")}
			</button>
		</div>`;
}

function missing(facts, values) {
	if (!(values.amount > 0)) return __("Enter an amount.");
	if (values.channel === EMAIL && !values.email) return __("Enter the e-mail address.");
	if (values.channel === TEXT && !values.phone) return __("Enter the mobile number.");
	return null;
}

function sentence(facts, values, free) {
	if (!(values.amount > 0)) return "";
	const amount = html`<b>${money(values.amount, facts.currency)}</b>`;
	const until = html`<b>${values.expires_at ? exact(values.expires_at) : ""}</b>`;
	const told =
		values.channel === "Link Only"
			? fill(__("You get a link for {0} to hand over; it works until {1}."), [amount, until])
			: fill(__("{0} gets a link to pay {1}; it works until {2}."), [
					html`<b>${values.email && values.channel === EMAIL ? values.email : values.phone || facts.customer_name || __("The customer")}</b>`,
					amount,
					until,
			  ]);
	const look =
		values.channel === "Link Only" || (free && !values.customer)
			? ""
			: html` <a href="#" role="button" data-dlr="preview">${__("See the message")}</a>`;
	return html`${told}${look}`;
}

function given(facts, values) {
	const open = facts.for_name && Math.abs(values.amount - facts.amount) < 0.00001;
	return {
		for_doctype: facts.for_doctype,
		for_name: facts.for_name,
		company: facts.company,
		customer: values.customer || facts.customer,
		what: values.what || null,
		amount: open ? null : values.amount, // as it is: whatever is open when the customer pays
		allow_partial: values.allow_partial ? 1 : 0,
		expires_at: values.expires_at,
		channel: values.channel,
		email: values.email,
		phone: values.phone,
		message: values.message,
	};
}

async function preview(facts, dialog) {
	const values = dialog.get_values(true);
	let told;
	try {
		told = await call(`${API}preview`, { values: given(facts, values) });
	} catch (refusal) {
		return refused(refusal);
	}
	const text = values.channel === TEXT;
	frappe.msgprint({
		title: text ? __("Text Message") : told.subject,
		message: text
			? String(html`<pre class="dlr-pay-text">${told.text}</pre>`)
			: String(raw(told.html)),
	});
}

function note_consent(facts, dialog) {
	return ask({
		title: __("The Customer Agrees to Text Messages"),
		fields: [
			{
				fieldtype: "Data",
				fieldname: "how",
				label: __("How did the customer say so?"),
				description: __("At the counter, on the check-in sheet, by e-mail"),
				reqd: 1,
			},
		],
		label: __("Note Consent"),
		sentence: () =>
			__("It is noted with your name and the time. The customer can take it back whenever they like."),
		submit: ({ how }) =>
			call(`${API}note_consent`, {
				customer: facts.customer,
				company: facts.company,
				given: 1,
				how,
			}),
		done: async () => {
			const fresh = await call(
				`${API}defaults`,
				{
					for_doctype: facts.for_doctype,
					for_name: facts.for_name,
					customer: facts.customer,
					company: facts.for_name ? null : facts.company,
				},
				GET
			);
			facts.ways = fresh.ways;
			dialog.dlr_refresh();
		},
	});
}

function sent(answer, done) {
	done?.(answer);
	if (answer.channel === "Link Only") return show_link(answer.name, __("The Link Is Ready"));
	frappe.show_alert({
		message: answer.repeated
			? __("It was sent already; nothing was sent twice")
			: __("Sent to {0}", [answer.channel === EMAIL ? answer.email : answer.phone]),
		indicator: "green",
	});
}
