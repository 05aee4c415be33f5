/** Holds: money kept on a card for a short while, then taken, in whole or in part, or let go. */

import { ask } from "../desk/ask";
import { html, fill, icon } from "../desk/html";
import { call, new_key } from "../desk/server";
import { exact, money, when } from "../desk/words";
import { take } from "./take";

const API = "dealer_pos_crm.api.terminal.";
const PURPOSES = [
	{ value: "Loaner", label: __("Loaner") },
	{ value: "Test Drive", label: __("Test Drive") },
	{ value: "Special Order", label: __("Special Order") },
];

/** Hold an amount at a reader. `opts` as for `take`. */
export function hold(opts) {
	return take({
		...opts,
		is_hold: true,
		title: __("Hold on a Card"),
		verb: (amount) => __("Hold {0}", [amount]),
		method: API + "authorise",
		fields: [
			{
				fieldtype: "Select",
				fieldname: "purpose",
				label: __("For"),
				options: PURPOSES,
				default: opts.purpose || "Loaner",
			},
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Datetime",
				fieldname: "needed_until",
				label: __("Needed Until"),
				default: moment().add(1, "days").hour(18).minute(0).second(0).format(frappe.defaultDatetimeFormat),
			},
			{ fieldtype: "Section Break", hide_border: 1 },
		],
		problem: (dialog) => (dialog.get_value("needed_until") ? null : __("Enter until when it is needed.")),
		values: (dialog) => ({
			purpose: dialog.get_value("purpose"),
			needed_until: dialog.get_value("needed_until"),
		}),
		extra: { label: __("Send a Link Instead"), run: (dialog, facts) => by_link(opts, dialog, facts) },
		sentence: (amount, reader) =>
			html`${__("{0} asks for the card. Nothing is charged: the amount is kept free on the card.", [reader || ""])}
				<div class="dlr-small">
					${__("A hold ends after a few days. What is needed longer is a deposit.")}
				</div>`,
	});
}

/** The customer is not here: they place the hold on the pay page. */
async function by_link(opts, dialog, facts) {
	const asked = {
		customer: facts.customer,
		company: facts.company,
		amount: dialog.get_value("amount"),
		what: facts.what,
		hold_for: dialog.get_value("purpose"),
		needed_until: dialog.get_value("needed_until"),
	};
	if (!(asked.amount > 0)) throw new Error(__("Enter an amount."));
	const made = await call("dealer_pos_crm.api.pay_request.create", { values: asked, client_key: new_key() });
	dialog.hide();
	frappe.set_route("Form", "Pay Request", made.name);
}

/** How a hold stands, for the top of a form: how much, until when. */
export function standing(doc, facts) {
	if (doc.capture_method !== "Manual") return "";
	const over = doc.status !== "Authorised";
	return html`<div class="dlr-figure">
		<div class="dlr-label">${over ? __("Hold") : __("Held on the card until")}</div>
		${over
			? html`<div class="dlr-fact">${__("{0} taken, {1} released", [money(facts.captured, doc.currency), money(facts.released, doc.currency)])}</div>`
			: facts.until
			? html`<div class="dlr-fact ${near(facts.until) ? "dlr-orange" : ""}">${when(facts.until)}</div>
					<div class="dlr-small">${exact(facts.until)}</div>`
			: html`<div class="dlr-fact">${__("Not told yet")}</div>`}
		${facts.ends_too_early
			? html`<div class="dlr-small dlr-red">
					${icon("solid-warning", "xs")} ${fill(__("Needed until {0}: take a deposit instead"), [exact(facts.needed_until)])}
			  </div>`
			: ""}
	</div>`;
}

function near(until) {
	return moment(until).diff(moment(), "hours") < 24;
}

/** What the form of a Card Payment shows of a hold: until when it lives, and what may be done with it. */
export async function refresh(frm) {
	const { doc } = frm;
	if (frm.is_new() || doc.capture_method !== "Manual") return;
	buttons(frm);
	const facts = await call(API + "hold", { card_payment: doc.name }, { type: "GET" });
	if (frm.doc.name !== doc.name) return;
	const shown = standing(doc, facts);
	frm.layout.show_message();
	if (shown) frm.layout.show_message(`<div class="dlr-overview">${shown}</div>`, tone(doc, facts), true);
}

function tone(doc, facts) {
	if (doc.status !== "Authorised") return "blue";
	return facts.ends_too_early || (facts.until && near(facts.until)) ? "orange" : "blue";
}

/** Capture and Release on the form of a Card Payment that is a hold. */
export function buttons(frm) {
	const { doc } = frm;
	if (doc.capture_method !== "Manual" || doc.status !== "Authorised") return;
	if (!frappe.model.can_submit("Payment Entry")) return;
	const again = () => frm.reload_doc();
	frm.page.set_primary_action(__("Capture"), () => capture(doc, again));
	frm.add_custom_button(__("Release"), () => release(doc, again));
}

export function capture(doc, done) {
	const most = doc.authorised_amount;
	return ask({
		title: __("Capture"),
		fields: [
			{
				fieldtype: "Currency",
				fieldname: "amount",
				label: __("Amount ({0})", [doc.currency]),
				options: doc.currency,
				default: most,
				reqd: 1,
			},
		],
		label: __("Capture"),
		working: __("Capturing…"),
		problem: ({ amount }) => {
			if (!(amount > 0)) return __("Enter an amount, or release the hold.");
			return amount > most
				? __("{0} is held; take the rest in another way.", [money(most, doc.currency)])
				: null;
		},
		sentence: ({ amount }) => {
			const rest = flt(most - amount, 6);
			const taken = fill(__("{0} is charged to the card of {1}."), [
				html`<b>${money(amount, doc.currency)}</b>`,
				doc.customer_name || doc.customer,
			]);
			return html`${taken}
			${rest > 0
				? __("{0} is released; it cannot be taken later.", [money(rest, doc.currency)])
				: __("Then nothing is held any more.")}`;
		},
		submit: ({ amount }) => call(API + "capture", { card_payment: doc.name, amount }),
		done: (answer) => {
			frappe.show_alert({
				message: answer.released
					? __("{0} charged, {1} released", [money(answer.captured, doc.currency), money(answer.released, doc.currency)])
					: __("{0} charged", [money(answer.captured, doc.currency)]),
				indicator: "green",
			});
			done(answer);
		},
	});
}

export function release(doc, done) {
	return ask({
		title: __("Release"),
		fields: [],
		label: __("Release {0}", [money(doc.authorised_amount, doc.currency)]),
		working: __("Releasing…"),
		sentence: () => __("Nothing is charged. The customer's bank frees the amount, at once or within days."),
		submit: () => call(API + "release", { card_payment: doc.name }),
		done: (answer) => {
			frappe.show_alert({ message: __("Hold released"), indicator: "green" });
			done(answer);
		},
	});
}
