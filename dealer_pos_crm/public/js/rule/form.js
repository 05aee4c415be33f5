/** The Follow Up Rule form: choices that exist, and the rule in plain words while it is written. */

import { companies } from "../desk/dealership";
import { ours } from "../desk/html";
import { call } from "../desk/server";
import { sentence } from "./sentence";

let loading = null;
let names = null;

/** Event types, anchors and facts with their names; asked for once. */
export function options() {
	loading ||= call("dealer_pos_crm.api.rules.options", {}, { type: "GET" }).then((found) => {
		const map = (rows) => Object.fromEntries(rows.map((row) => [row.value, row.label]));
		const [events, anchors, facts] = [map(found.events), map(found.anchors), map(found.facts)];
		names = {
			event: (value) => events[value] || value,
			anchor: (value) => anchors[value] || value,
			fact: (value) => facts[value] || value,
		};
		return found;
	});
	return loading;
}

export function event_name(value) {
	return names ? names.event(value) : value;
}

export function setup(frm) {
	ours(frm);
	frm.set_query("only_company", () => ({ filters: { name: ["in", companies()] } }));
	frm.set_query("owner_user", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	$(frm.wrapper).on("dirty", () => tell(frm));
}

/** A new rule is for every company until somebody says otherwise; Frappe fills in the user's own. */
export function before_load(frm) {
	if (frm.is_new()) frm.doc.only_company = null;
}

export async function refresh(frm) {
	const found = await options();
	const events = found.events.map(({ value, label, recorded }) => ({
		value,
		label,
		description: recorded ? value : __("{0} (does not happen in this version yet)", [value]),
	}));
	frm.set_df_property("event_type", "options", events);
	frm.set_df_property("anchor", "options", found.anchors);
	frm.set_df_property("about", "options", [
		{ value: "", label: __("The most particular thing") },
		...found.subjects,
	]);
	const facts = found.facts.map(({ value, label }) => ({ value, label, description: value }));
	frm.set_df_property("stops_share", "options", facts);
	for (const [field, data] of Object.entries({
		event_type: events,
		anchor: found.anchors,
		stops_share: facts,
	})) {
		frm.fields_dict[field].set_data?.(data);
		frm.refresh_field(field);
	}
	column(frm, "stops", "event_type", events, event_name);
	column(frm, "conditions", "fieldname", facts, (value) => names.fact(value));
	tell(frm);
}

function column(frm, table, field, choices, name_of) {
	const { grid } = frm.fields_dict[table];
	grid.update_docfield_property(field, "options", choices);
	grid.update_docfield_property(field, "ignore_validation", 1);
	grid.update_docfield_property(field, "formatter", (value) =>
		value ? frappe.utils.escape_html(name_of(value)) : ""
	);
	grid.refresh();
}

/** The sentence follows every change. */
export function tell(frm) {
	if (!names) return;
	frm.fields_dict.sentence.$wrapper.html(String(sentence(frm.doc, names)));
}
