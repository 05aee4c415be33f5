/** The form of a Lead Routing Rule: who would get the next lead, and why. */

import { html, meet, person } from "../desk/html";
import { call } from "../desk/server";

export async function preview(frm) {
	const field = frm.fields_dict.preview;
	if (!field) return;
	if (frm.is_new()) {
		return field.$wrapper.html(
			String(html`<div class="dlr-small">${__("Save the rule to see who would get the next lead.")}</div>`)
		);
	}
	const name = frm.doc.name;
	try {
		const told = await call("dealer_pos_crm.api.lead_desk.preview_rule", { rule: name }, { type: "GET" });
		if (frm.doc.name !== name) return;
		meet(told.people);
		field.$wrapper.html(String(shown(told, frm.is_dirty())));
	} catch (refusal) {
		field.$wrapper.html(String(html`<div class="dlr-refusal">${refusal.message}</div>`));
	}
}

function shown(told, dirty) {
	if (!told.enabled) {
		return html`<div class="dlr-note"><div>${__("The rule is switched off; it gives no leads.")}</div></div>`;
	}
	return html`<div class="dlr-overview">
		<div class="dlr-note ${told.user && told.by_rule ? "dlr-note-green" : "dlr-note-orange"}">
			<div>
				<b>${
					told.user
						? __("{0} would get the next lead", [person(told.user)])
						: __("Nobody would get the next lead")
				}</b>
				${
					told.by_rule
						? ""
						: html`<div class="dlr-small">${
								told.assign === "The Customer's Sales Owner"
									? __("For a customer without a sales owner; else it is theirs.")
									: __("Nobody of this rule is there for it now.")
						  }</div>`
				}
				${dirty ? html`<div class="dlr-small">${__("As the rule was saved last.")}</div>` : ""}
			</div>
		</div>
		<ul class="dlr-rows dlr-plain">
			${told.steps.map(
				(row) => html`<li>
					<span class="dlr-row-main">${
						row.chosen ? html`<b>${person(row.user)}</b>` : person(row.user) || __("Nobody")
					} ${row.rule ? "" : html`<span class="dlr-small">(${__("after the rules")})</span>`}</span>
					<span class="dlr-small">${row.why}</span>
				</li>`
			)}
		</ul>
		${
			told.before?.length
				? html`<div class="dlr-small">${__("Asked before this one: {0}", [told.before.join(", ")])}</div>`
				: ""
		}
	</div>`;
}
