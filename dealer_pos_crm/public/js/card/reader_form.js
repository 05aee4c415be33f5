/** The Card Reader form: registered by the code it shows, then how it is and what it does. */

import { ask } from "../desk/ask";
import { companies, usual_company } from "../desk/dealership";
import { html, fill, link, ours, pill } from "../desk/html";
import { call } from "../desk/server";
import { when } from "../desk/words";

const API = "dealer_pos_crm.api.terminal.";
const TEST_CODE = "simulated-wpe";

export function color_of(doc) {
	if (!cint(doc.enabled)) return "gray";
	if (!doc.reader_id) return "orange";
	return doc.state === "Online" ? "green" : "red";
}

export function word_of(doc) {
	if (!cint(doc.enabled)) return __("Disabled");
	if (!doc.reader_id) return __("Not Registered");
	return doc.state ? __(doc.state) : __("Registered");
}

export function setup(frm) {
	ours(frm);
	frm.set_query("company", () => ({ filters: { name: ["in", companies()] } }));
	frm.set_query("gateway_account", () => ({ filters: { company: frm.doc.company, enabled: 1 } }));
	frm.set_query("counter", () => ({ filters: { company: frm.doc.company } }));
}

export async function refresh(frm) {
	const { doc } = frm;
	if (frm.is_new()) {
		frm.toggle_display("overview", false);
		const company = usual_company(doc.company);
		if (company && company !== doc.company) await frm.set_value("company", company);
		return company_changed(frm);
	}
	frm.toggle_display("overview", true);
	frm.page.set_indicator(word_of(doc), color_of(doc));
	frm.fields_dict.overview.$wrapper.html(String(overview(doc)));
	if (frm.is_dirty() || !frappe.model.can_write("Card Reader")) return;
	if (!doc.reader_id) {
		frm.page.set_primary_action(__("Register"), () => register(frm));
		return;
	}
	frm.add_custom_button(__("Refresh State"), () => refresh_state(frm));
}

/** The company's only account is meant. */
export async function company_changed(frm) {
	if (!frm.doc.company || frm.doc.gateway_account) return;
	const rows = await frappe.db.get_list("Gateway Account", {
		filters: { company: frm.doc.company, enabled: 1 },
		fields: ["name"],
		limit: 2,
	});
	if (rows.length === 1) await frm.set_value("gateway_account", rows[0].name);
}

function overview(doc) {
	const mode = cint(doc.test_mode)
		? html`<div class="dlr-note dlr-note-orange"><div><b>${__("TEST MODE")}</b> ${__("No real money moves.")}</div></div>`
		: "";
	if (!doc.reader_id) {
		return html`<div class="dlr-overview">
			<div class="dlr-note dlr-note-blue">
				<div>
					${__("Not registered yet. On the reader choose Settings, then Generate Registration Code, and enter the code here.")}
				</div>
			</div>
		</div>`;
	}
	return html`<div class="dlr-overview">
		${mode}
		<div class="dlr-answer">
			<div class="dlr-figure">
				<div class="dlr-label">${__("State")}</div>
				<div class="dlr-fact">${pill(word_of(doc), color_of(doc))}</div>
				<div class="dlr-small">${doc.seen_at ? fill(__("asked {0}"), [when(doc.seen_at)]) : ""}</div>
			</div>
			<div class="dlr-figure">
				<div class="dlr-label">${__("Now")}</div>
				<div class="dlr-fact">
					${doc.card_payment ? link("Card Payment", doc.card_payment) : __("Free")}
				</div>
				<div class="dlr-small">${doc.action_state && doc.card_payment ? __(doc.action_state) : ""}</div>
			</div>
			<div class="dlr-figure">
				<div class="dlr-label">${__("Counter")}</div>
				<div class="dlr-fact">${doc.counter || "–"}</div>
				<div class="dlr-small">${doc.device_type || ""} ${doc.serial_number || ""}</div>
			</div>
		</div>
	</div>`;
}

async function register(frm) {
	const { message } = await frappe.db.get_value("Gateway Account", frm.doc.gateway_account, "mode");
	const test = message?.mode === "Test";
	return ask({
		title: __("Register {0}", [frm.doc.title]),
		fields: [
			{
				fieldtype: "Data",
				fieldname: "code",
				label: __("Code on the Reader"),
				reqd: 1,
				default: test ? TEST_CODE : null,
				description: test
					? __("{0} makes the provider's own test reader.", [TEST_CODE])
					: __("Three words, such as puppies-plug-could."),
			},
		],
		label: __("Register"),
		working: __("Registering…"),
		sentence: () => __("The reader is linked to the account and waits for payments."),
		submit: ({ code }) => call(API + "register_reader", { reader: frm.doc.name, code }),
		done: () => {
			frappe.show_alert({ message: __("Reader registered"), indicator: "green" });
			frm.reload_doc();
		},
	});
}

async function refresh_state(frm) {
	try {
		await call(API + "refresh_reader", { reader: frm.doc.name });
		frm.reload_doc();
	} catch (refusal) {
		frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "orange" });
	}
}
