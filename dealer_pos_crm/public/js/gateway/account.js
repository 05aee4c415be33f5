/** An account at the card provider: can cards be taken, is the money real, do its messages arrive. */

import { ask } from "../desk/ask";
import { html, ours, trusted } from "../desk/html";
import { call } from "../desk/server";
import { exact } from "../desk/words";
import { changes } from "../settings/form";

const API = "dealer_pos_crm.api.gateway.";
const SETUP = "dealer_pos_crm.api.setup.";

export function setup(frm) {
	ours(frm);
	const filters = { is_group: 0, disabled: 0 };
	for (const [field, more] of Object.entries({
		clearing_account: { root_type: "Asset", account_type: "Bank" },
		bank_account: { account_type: "Bank" },
		fee_account: { root_type: "Expense" },
		dispute_account: { root_type: "Asset" },
		chargeback_account: { root_type: "Expense" },
	})) {
		frm.set_query(field, () => ({ filters: { company: frm.doc.company, ...filters, ...more } }));
	}
	frm.set_query("responsible", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	for (const field of ["online_mode", "terminal_mode"]) {
		frm.set_query(field, () => ({ filters: { enabled: 1, type: "Bank" } }));
	}
}

export async function refresh(frm) {
	const area = frm.fields_dict.status_html.$wrapper;
	if (frm.is_new()) {
		area.html(
			String(
				note(
					"",
					html`${__(
						"Copy the secret key from the provider's page, test mode first, and save. What is still to be done is shown here then."
					)}`
				)
			)
		);
		return;
	}
	const name = frm.doc.name;
	if (area.data("account") !== name) {
		area.html('<div class="dlr-overview dlr-skeleton dlr-low" aria-busy="true"></div>').data("account", name);
	}
	let state;
	try {
		state = await call(`${API}get_state`, { account: name }, { type: "GET" });
	} catch (refusal) {
		area.html(String(note("red", trusted(refusal.message))));
		return;
	}
	if (frm.doc.name !== name) return;
	area.html(String(status(frm, state)));
	area.off("click.dlr").on("click.dlr", "[data-dlr]", (event) => {
		event.preventDefault();
		const { dlr, dlrList } = event.currentTarget.dataset;
		ACTIONS[dlr](frm, dlrList && JSON.parse(dlrList));
	});
	buttons(frm, state);
}

function note(color, content) {
	return html`<div class="dlr-note ${color ? `dlr-note-${color}` : ""}"><div>${content}</div></div>`;
}

function button(name, label) {
	return html`<div class="dlr-buttons">
		<button class="btn btn-primary btn-sm" data-dlr="${name}">${label}</button>
	</div>`;
}

/** What stands in the way first, then what waits; one step at a time. */
function status(frm, state) {
	const keys = frappe.user.has_role("System Manager");
	return html`<div class="dlr-overview">${mode(state)} ${next(frm, state, keys)} ${counts(frm, state)}</div>`;
}

function mode(state) {
	if (state.mode !== "Test") return "";
	return note(
		"orange",
		html`<b>${__("TEST MODE")}</b> ${__(
			"No money moves. Payments, refunds and payouts of this account are trials and are marked as such everywhere."
		)}`
	);
}

function next(frm, state, keys) {
	if (state.library) return note("red", html`<b>${state.library}</b>`);
	if (!state.has_key) {
		return note(
			"orange",
			keys
				? __("Enter the secret key under Keys and save.")
				: __("The secret key is missing. A System Manager enters it.")
		);
	}
	if (state.missing.length) {
		const labels = state.missing.map((field) => __(frm.fields_dict[field].df.label)).join(", ");
		return note(
			"orange",
			html`<b>${__("Card money cannot be booked yet.")}</b> ${__("Missing: {0}.", [labels])}
			${frappe.model.can_create("Account") && frappe.model.can_create("Mode of Payment")
				? button("set_up", __("Set Up Card Accounting"))
				: __("Somebody who may create accounts and modes of payment has to set this up.")}`
		);
	}
	if (!state.messages) {
		return note(
			"orange",
			html`<b>${__("The provider does not tell us of payments yet.")}</b>
				${keys
					? button("connect", __("Connect Messages"))
					: __("A System Manager chooses Connect Messages.")}`
		);
	}
	if (state.problem) return note("orange", html`${state.problem}`);
	if (!state.enabled) return note("", __("Switched off: no new payments; what is under way goes on."));
	return note("green", html`<b>${__("Cards can be taken.")}</b>`);
}

function counts(frm, state) {
	const rows = [
		[state.received_day, __("messages in 24 hours"), { received_at: ["Timespan", "last 24 hours"] }, ""],
		[state.waiting.Received, __("waiting"), { status: "Received" }, "orange"],
		[state.waiting.Failed, __("being tried again"), { status: "Failed" }, "orange"],
		[state.waiting["Given Up"], __("given up"), { status: "Given Up" }, "red"],
	];
	const shown = rows.filter(([count], at) => count || at === 0);
	return html`<div class="dlr-note dlr-small"><div>
		${shown.map(
			([count, text, filters, color]) =>
				html`<a href="#" class="${color ? `indicator ${color}` : ""}" data-dlr-list='${JSON.stringify(
					filters
				)}' data-dlr="list">${count || 0} ${text}</a> · `
		)}
		${state.forged_day
			? html`<span class="indicator red">${__("{0} with a wrong signature in 24 hours", [
					state.forged_day,
			  ])}</span> · `
			: ""}
		${state.attempts
			? html`<a href="#" data-dlr="attempts" class="indicator red">${__("{0} calls undecided", [
					state.attempts,
			  ])}</a> · `
			: ""}
		${state.unbooked
			? html`<a href="#" data-dlr="unbooked" class="indicator red">${__("{0} payments not booked", [
					state.unbooked,
			  ])}</a> · `
			: ""}
		${state.caught_up_on
			? __("missed messages last fetched {0}", [exact(state.caught_up_on)])
			: __("missed messages not fetched yet")}
	</div></div>`;
}

const ACTIONS = {
	set_up: (frm) => set_up(frm),
	connect: (frm) => connect(frm),
	list: (frm, filters) =>
		frappe.set_route("List", "Gateway Event", { gateway_account: frm.doc.name, ...filters }),
	attempts: (frm) =>
		frappe.set_route("List", "Payment Attempt", {
			gateway_account: frm.doc.name,
			status: ["in", ["Unknown", "Given Up"]],
		}),
	unbooked: (frm) =>
		frappe.set_route("List", "Card Payment", { gateway_account: frm.doc.name, booking: "Not Booked" }),
};

function buttons(frm, state) {
	if (!frm.perm[0]?.write || !state.has_key) return;
	frm.add_custom_button(__("Check Connection"), () => check(frm));
	const group = __("Messages");
	frm.add_custom_button(__("Fetch Missed Messages"), () => fetch_missed(frm), group);
	if (!frappe.user.has_role("System Manager")) return;
	frm.add_custom_button(__("Connect Messages"), () => connect(frm), group);
	if (state.messages) frm.add_custom_button(__("Renew Secret"), () => renew(frm), group);
}

async function doing(frm, method, said) {
	if (frm.is_dirty()) {
		await frm.save();
		if (frm.is_dirty()) return;
	}
	frappe.dom.freeze(__("Asking the provider…"));
	try {
		const answer = await call(`${API}${method}`, { account: frm.doc.name });
		said(answer);
	} catch (refusal) {
		frappe.msgprint({ title: __("Not possible"), message: refusal.message, indicator: "red" });
	} finally {
		frappe.dom.unfreeze();
	}
	frm.reload_doc();
}

const check = (frm) =>
	doing(frm, "check_connection", (answer) =>
		frappe.msgprint({
			title: answer.notes.length ? __("Connected, with something left to do") : __("Connected"),
			indicator: answer.notes.length ? "orange" : "green",
			message: String(html`<p>${__("The key is of {0}, in {1} mode.", [
				answer.name || answer.account,
				__(answer.mode),
			])}</p>
				<ul>${answer.notes.map((text) => html`<li>${text}</li>`)}</ul>`),
		})
	);

const connect = (frm) =>
	doing(frm, "connect_messages", () =>
		frappe.show_alert({ message: __("The provider sends its messages here"), indicator: "green" })
	);

const fetch_missed = (frm) =>
	doing(frm, "fetch_missed", (answer) =>
		frappe.show_alert({
			message: answer.new ? __("{0} missed messages", [answer.new]) : __("Nothing was missed"),
			indicator: answer.new ? "orange" : "green",
		})
	);

function renew(frm) {
	frappe.confirm(
		__(
			"The provider signs its messages with a new secret from now on. Messages that are under way with the one before are believed for another day."
		),
		() =>
			doing(frm, "renew_secret", () =>
				frappe.show_alert({ message: __("New signing secret in use"), indicator: "green" })
			)
	);
}

async function set_up(frm) {
	const args = { company: frm.doc.company, part: "cards" };
	const state = await call(`${SETUP}get_accounting`, args, { type: "GET" });
	const dialog = ask({
		title: __("Set Up Card Accounting"),
		size: "large",
		fields: [{ fieldtype: "HTML", fieldname: "changes" }],
		label: __("Confirm"),
		working: __("Setting up…"),
		sentence: () => __("These {0} changes are made. Nothing else is touched.", [state.changes.length]),
		submit: () => call(`${SETUP}set_up_accounting`, args),
		done: () => {
			frappe.show_alert({ message: __("Card accounting is set up"), indicator: "green" });
			frm.reload_doc();
		},
	});
	dialog.fields_dict.changes.$wrapper.html(String(changes(state)));
}
