/** OFAC and Red Flags of a deal, in its form: where each check stands, and who may do what next. */

import { ask } from "../desk/ask";
import { fill, html, meet, person, pill, trusted } from "../desk/html";
import { call } from "../desk/server";
import { when } from "../desk/words";

const GET = { type: "GET" };
const COLORS = { Done: "green", Missing: "orange", Expired: "orange", Alert: "red" };

export async function show(frm) {
	const place = frm.fields_dict.compliance;
	if (!place || frm.is_new()) return;
	const area = place.$wrapper;
	const deal = frm.doc.name;
	try {
		const view = await call("dealer_pos_crm.api.deal_documents.get_compliance", { deal }, GET);
		if (frm.doc.name === deal) draw(frm, area, view);
	} catch (refusal) {
		area.html(
			String(
				html`<div class="dlr-note dlr-note-red">
					<div>${trusted(refusal.message)}</div>
				</div>`
			)
		);
	}
}

function draw(frm, area, view) {
	meet(view.people);
	area.html(
		String(html`<section
			class="dlr-papers dlr-compliance"
			aria-label="${__("Checks before delivery")}"
		>
			<h6 class="dlr-heading">${__("Checks before delivery")}</h6>
			<ul>
				${view.lines.map(
					(line, at) => html`<li class="dlr-paper" data-at="${at}">
						<span
							class="dlr-paper-mark ${line.state === "Done"
								? "dlr-green"
								: line.state === "Alert"
								? "dlr-red"
								: "dlr-orange"}"
							aria-hidden="true"
							>${line.state === "Done" ? "●" : "○"}</span
						>
						<span class="dlr-paper-name">${__(line.kind)} · ${line.party_name}</span>
						<span class="dlr-paper-state">${state_of(line)}</span>
						<span class="dlr-buttons">${buttons_of(line, view)}</span>
					</li>`
				)}
			</ul>
			${view.may.check
				? ""
				: html`<p class="dlr-small">${__("F&I or a manager makes these checks.")}</p>`}
		</section>`)
	);
	const line_at = (event) => view.lines[event.currentTarget.closest("[data-at]").dataset.at];
	const again = () => {
		show(frm);
		frm.reload_doc();
	};
	area.off(".dlr")
		.on("click.dlr", "[data-dlr=check]", (event) => record(frm, line_at(event), view, again))
		.on("click.dlr", "[data-dlr=clear]", (event) => clear(line_at(event), again));
}

function state_of(line) {
	const words = {
		Done: __("done"),
		Missing: __("not made yet"),
		Expired: __("too old"),
		Alert: __("alert"),
	};
	const check = line.check;
	return html`${pill(words[line.state], COLORS[line.state])}
	${check
		? html`<span class="dlr-small"
					>${when(check.checked_at)} · ${person(check.checked_by)}</span
				>
				${check.cleared_by
					? html`<span class="dlr-small"
							>·
							${__("cleared by {0}: {1}", [
								person(check.cleared_by),
								check.clearing_note,
							])}</span
					  >`
					: ""}
				${line.state === "Alert"
					? html`<span class="dlr-small">· ${check.notes}</span>`
					: ""}`
		: ""}
	${line.valid_until
		? html`<span class="dlr-small"
				>· ${__("valid until {0}", [frappe.datetime.str_to_user(line.valid_until)])}</span
		  >`
		: ""}`;
}

function buttons_of(line, view) {
	const shown = [];
	if (view.may.check && line.state !== "Done" && line.state !== "Alert")
		shown.push(
			html`<button
				type="button"
				class="btn btn-default btn-xs"
				data-dlr="check"
				aria-label="${__("Record the {0} check of {1}", [__(line.kind), line.party_name])}"
			>
				${__("Record")}
			</button>`
		);
	if (line.may_clear)
		shown.push(
			html`<button type="button" class="btn btn-default btn-xs" data-dlr="clear">
				${__("Clear the Alert")}
			</button>`
		);
	else if (line.state === "Alert")
		shown.push(html`<span class="dlr-small">${__("another manager clears it")}</span>`);
	return shown;
}

function record(frm, line, view, done) {
	const notes = {
		fieldtype: "Small Text",
		fieldname: "notes",
		label: __("Notes"),
		max_height: "60px",
	};
	const ofac = [
		{
			fieldtype: "Date",
			fieldname: "list_date",
			label: __("List Of"),
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
		{
			fieldtype: "Data",
			fieldname: "method",
			label: __("How"),
			description: __("Which service or list was consulted"),
			reqd: 1,
		},
		{
			fieldtype: "Select",
			fieldname: "result",
			label: __("Result"),
			options: ["", "Clear", "Alert"].map((value) => ({ value, label: __(value) })),
			reqd: 1,
		},
		notes,
	];
	const flags = [
		...Object.entries(view.id_checks).map(([fieldname, label]) => ({
			fieldtype: "Check",
			fieldname,
			label,
		})),
		{ fieldtype: "Section Break", hide_border: 1 },
		{
			fieldtype: "Check",
			fieldname: "attested",
			label: __("I made these five checks of the photo ID myself"),
		},
		notes,
	];
	const alert_of = (values) =>
		line.kind === "OFAC"
			? values.result === "Alert"
			: Object.keys(view.id_checks).some((field) => !values[field]);
	ask({
		title: __("{0} check of {1}", [__(line.kind), line.party_name]),
		fields: line.kind === "OFAC" ? ofac : flags,
		label: __("Record the Check"),
		missing: (values) => {
			if (line.kind !== "OFAC" && !values.attested)
				return __("Say that you made the five checks yourself.");
			if (
				(line.kind !== "OFAC" || values.result) &&
				alert_of(values) &&
				(values.notes || "").trim().length < 3
			)
				return __("Something does not fit: say what, in the notes. A manager decides.");
			return null;
		},
		sentence: (values) =>
			(line.kind !== "OFAC" && values.attested) || values.result
				? alert_of(values)
					? html`<span class="dlr-red"
							>${__(
								"This is an alert: the car stays until another manager has cleared it."
							)}</span
					  >`
					: __("Clear: nothing keeps the car from this check.")
				: "",
		submit: (values, key) =>
			call("dealer_pos_crm.api.deal_documents.check", {
				deal: frm.doc.name,
				party: line.party,
				kind: line.kind,
				values,
				client_key: key,
			}),
		done,
	});
}

function clear(line, done) {
	ask({
		title: __("Clear the Alert"),
		fields: [
			{
				fieldtype: "Small Text",
				fieldname: "text",
				label: __("How was it cleared?"),
				reqd: 1,
				max_height: "90px",
			},
		],
		label: __("Clear the Alert"),
		missing: ({ text }) =>
			(text || "").trim().length < 10
				? __("Write what was compared, and with what result.")
				: null,
		sentence: () => fill(__("What did not fit: {0}"), [html`<b>${line.check.notes}</b>`]),
		submit: ({ text }) =>
			call("dealer_pos_crm.api.deal_documents.clear", { check_name: line.check.name, text }),
		done,
	});
}
