/**
 * A manager decides at this screen: chooses the own name, says who they are, sees what is asked, says yes or no.
 * The cashier's session stays the cashier's.
 */

import { ask } from "../../desk/ask";
import { fill, html, trusted } from "../../desk/html";
import { too_short } from "../../desk/reason";
import { call } from "../../desk/server";
import { money, when } from "../../desk/words";

const API = "dealer_pos_crm.api.approval.";
const PIN = "PIN at the Counter";

/**
 * @param {{doctype: string, name: string, title?: string}} request
 * @returns {Promise<object|null>} what the document's own decision returned, with `approved`; null when closed
 */
export async function approve({ doctype, name, title }) {
	let facts;
	try {
		facts = await call(`${API}options`, { doctype, name }, { type: "GET" });
	} catch (refusal) {
		tell(refusal.title, refusal.message);
		return null;
	}
	if (!facts.waits) return tell(__("Decided Already"), __("{0} is {1}.", [name, __(facts.status)]));
	if (!facts.people.length || !facts.ways.length)
		return tell(
			__("Nobody Can Approve Here"),
			__("No other manager may decide this at a counter. Leave it to a manager at a screen of their own.")
		);
	return new Promise((resolve) => open(facts, title, resolve));
}

function tell(title, message) {
	frappe.msgprint({ title: title || __("Not possible"), message, indicator: "orange" });
	return null;
}

function open(facts, title, resolve) {
	let result = null;
	const dialog = ask({
		title: title || __("Approve: {0}", [facts.title]),
		fields: [
			{ fieldtype: "HTML", fieldname: "facts", options: String(shown(facts)) },
			{ fieldtype: "Section Break", hide_border: 1 },
			{
				fieldtype: "Select",
				fieldname: "approver",
				label: __("Manager"),
				reqd: 1,
				options: [
					{ value: "", label: "" },
					...facts.people.map((row) => ({ value: row.user, label: row.name })),
				],
				default: facts.people.length === 1 ? facts.people[0].user : "",
			},
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Select",
				fieldname: "how",
				label: __("With"),
				hidden: facts.ways.length > 1 ? 0 : 1,
				options: facts.ways.map((way) => ({ value: way, label: way === PIN ? __("PIN") : __("Password") })),
				default: facts.ways[0],
				onchange: () => dialog && style(dialog),
			},
			{ fieldtype: "Data", fieldname: "secret", label: label_of(facts.ways[0]), reqd: 1 },
			{ fieldtype: "Section Break", hide_border: 1 },
			{
				fieldtype: "Small Text",
				fieldname: "note",
				label: facts.may_reject ? __("Note (needed to turn it down)") : __("Note"),
				max_height: "50px",
			},
		],
		label: facts.amount ? __("Approve {0}", [money(facts.amount, facts.currency)]) : __("Approve"),
		submit: (values) => decide(dialog, facts, values, 1),
		done: (answer) => (result = answer),
	});
	style(dialog);
	if (facts.may_reject) turn_down(dialog, facts, (answer) => (result = answer));
	const hide = dialog.onhide;
	dialog.onhide = () => {
		hide?.();
		dialog.fields_dict.secret.$input.val("");
		setTimeout(() => resolve(result), 0);
	};
	dialog.$wrapper.addClass("dlr-approve");
	dialog.fields_dict.secret.$input.on("input", () => dialog.fields_dict.dlr_refusal.$wrapper.empty());
	dialog.fields_dict.secret.$input.on("keydown", (event) => {
		if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
		event.preventDefault();
		setTimeout(() => dialog.get_primary_btn().is(":enabled") && dialog.get_primary_btn().trigger("click"), 0);
	});
	dialog.$wrapper.one("shown.bs.modal", () =>
		dialog.fields_dict[facts.people.length === 1 ? "secret" : "approver"].$input.trigger("focus")
	);
}

const label_of = (way) => (way === PIN ? __("PIN") : __("Password"));

/** What is typed here is nobody's to read, and no browser's to keep. */
function style(dialog) {
	const way = dialog.get_value("how");
	const field = dialog.fields_dict.secret;
	field.df.label = label_of(way);
	field.set_label?.(field.df.label);
	field.$input.val("").attr({
		type: "password",
		inputmode: way === PIN ? "numeric" : "text",
		autocomplete: way === PIN ? "one-time-code" : "new-password",
		"data-lpignore": "true",
		"data-1p-ignore": "true",
	});
}

async function decide(dialog, facts, values, yes) {
	const secret = dialog.fields_dict.secret.$input;
	try {
		return await call(`${API}decide`, {
			doctype: facts.doctype,
			name: facts.name,
			approver: values.approver,
			secret: secret.val(),
			how: values.how || facts.ways[0],
			approve: yes,
			note: values.note || null,
		});
	} catch (refusal) {
		secret.val("").trigger("focus");
		setTimeout(() => dialog.dlr_refresh(), 0);
		throw refusal;
	}
}

/** The second button: no, and why. */
function turn_down(dialog, facts, done) {
	dialog.set_secondary_action_label(__("Turn Down"));
	dialog.set_secondary_action(async () => {
		const values = { ...Object.fromEntries(["approver", "how", "note"].map((one) => [one, dialog.get_value(one)])) };
		const area = dialog.fields_dict.dlr_refusal.$wrapper.empty();
		const say = (text) => area.html(String(html`<div class="dlr-refusal">${text}</div>`));
		if (!values.approver || !dialog.fields_dict.secret.$input.val())
			return say(__("Choose your name and say who you are first."));
		if (too_short(values.note)) return say(__("Say why in a few words."));
		const button = dialog.get_secondary_btn().prop("disabled", true);
		try {
			done(await decide(dialog, facts, values, 0));
			dialog.hide();
		} catch (refusal) {
			say(trusted(refusal.message));
		} finally {
			button.prop("disabled", false);
		}
	});
}

function shown(facts) {
	return html`<div class="dlr-approve-facts">
		${facts.amount ? html`<div class="dlr-number">${money(facts.amount, facts.currency)}</div>` : ""}
		<div><b>${facts.customer_name || ""}</b></div>
		<div class="dlr-approve-why">“${facts.reason || "-"}”</div>
		<div class="dlr-small">${fill(__("Asked by {0} {1}"), [facts.asked_by_name || facts.asked_by, when(facts.asked_at)])}${
			facts.why ? html` · ${facts.why}` : ""
		}</div>
		<dl class="dlr-approve-trace">
			${facts.trace.map((row) => html`<dt>${row.label}</dt><dd>${row.link ? trusted(row.link) : row.text}</dd>`)}
		</dl>
	</div>`;
}
