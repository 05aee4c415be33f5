/** Where leads come from: how to connect it, said where it is set up. */

import { fill, html } from "../desk/html";
import { call } from "../desk/server";

const GET = { type: "GET" };

export function setup(frm) {
	frm.set_query("company", () => ({ filters: { name: ["in", dealer.companies()] } }));
	frm.set_query("email_account", () => ({ filters: { enable_incoming: 1 } }));
}

export async function refresh(frm) {
	call("dealer_pos_crm.api.lead.get_sources", {}, GET).then(
		(names) => frm.fields_dict.lead_source?.set_data?.(names),
		() => {}
	);
	await how(frm);
}

export async function how(frm) {
	const areas = ["how", "form_address"].map((field) => frm.fields_dict[field].$wrapper);
	areas.forEach((area) => area.empty());
	if (frm.is_new()) {
		areas[0].html(String(html`<div class="dlr-small">${__("Save first.")}</div>`));
		return;
	}
	const name = frm.doc.name;
	const told = await call("dealer_pos_crm.api.lead.get_form_address", { feed: name }, GET);
	if (frm.doc.name !== name) return;
	const text = {
		"E-mail": () => html`<p>
			${__(
				"Give the provider the address of the e-mail account. ADF in the text, in HTML or as an attachment is read; the account must not be appended to Lead."
			)}
		</p>`,
		HTTP: () => html`<p>
				${fill(__("The provider posts ADF to this address, as a user whose only role is {0}:"), [
					html`<b>Dealer Lead Provider</b>`,
				])}
			</p>
			<pre class="dlr-lead-code">
POST ${told.endpoint}?feed=${encodeURIComponent(name)}
Authorization: token &lt;${__("API key")}&gt;:&lt;${__("API secret")}&gt;
Content-Type: application/xml</pre
			>
			<p class="dlr-small">
				${__("Answers 202 with a number for each lead; the same message again is answered as a duplicate.")}
			</p>`,
		File: () => html`<p>${__("Files are read in the list of Lead Intake: Read Files.")}</p>`,
		"Web Form": () => html`<p class="dlr-small">
			${__("Add &stock=S4711 to the address to ask about one car.")}
		</p>`,
	}[frm.doc.channel];
	areas[0].html(String(text ? text() : ""));
	if (frm.doc.channel === "Web Form" && told.form) {
		areas[1].html(
			String(html`<p><a href="${told.form}" target="_blank" rel="noopener">${told.form}</a></p>
				<p class="dlr-small">${__("To put it into a page of your own:")}</p>
				<pre class="dlr-lead-code">
&lt;iframe src="${told.form}" title="${__("Ask the dealer")}" width="100%" height="760"&gt;&lt;/iframe&gt;</pre
				>`)
		);
	}
}
