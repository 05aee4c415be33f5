/** A rule in plain words. */

import { html, fill } from "../desk/html";

export function sentence(doc, names) {
	if (!doc.event_type)
		return html`<span class="text-muted">${__(
			"Choose what happens; the rule is then told here."
		)}</span>`;
	const parts = [
		fill(__("When {0}{1},"), [bold(names.event(doc.event_type)), conditions(doc, names)]),
		fill(__("{0} gets {1}: “{2}”"), [owner(doc), task(doc), bold(doc.title || "…")]),
		fill(__("{0}, due {1}."), [opens(doc, names), bold(due(doc))]),
	];
	const more = [stops(doc, names), ...restraint(doc)].filter(Boolean);
	return html`<div class="dlr-rule ${doc.enabled ? "" : "dlr-off"}">
		<p>
			${doc.enabled ? "" : html`<span class="indicator-pill no-indicator-dot gray">${__("Off")}</span> `}
			${parts.map((part, at) => html`${at ? " " : ""}${part}`)}
		</p>
		${more.length ? html`<p>${more.map((part, at) => html`${at ? " " : ""}${part}`)}</p>` : ""}
	</div>`;
}

function bold(text) {
	return html`<b>${text}</b>`;
}

function conditions(doc, names) {
	const rows = (doc.conditions || []).filter((row) => row.fieldname);
	const where = [];
	if (doc.only_company) where.push(fill(__("at {0}"), [bold(doc.only_company)]));
	if (rows.length) {
		const told = rows.map((row) => {
			const bare = ["is set", "is not set"].includes(row.operator);
			return html`${names.fact(row.fieldname)} ${word(row.operator)}${
				bare ? "" : html` ${bold(row.value || "…")}`
			}`;
		});
		where.push(fill(__("and {0}"), [join(told, __("and"))]));
	}
	return where.map((part) => html` ${part}`);
}

function word(operator) {
	return {
		"=": __("is"),
		"!=": __("is not"),
		">": __("is more than"),
		">=": __("is at least"),
		"<": __("is less than"),
		"<=": __("is at most"),
		in: __("is one of"),
		"not in": __("is none of"),
		"is set": __("is given"),
		"is not set": __("is not given"),
	}[operator];
}

function join(parts, last) {
	return parts.map((part, at) =>
		at === 0 ? part : at === parts.length - 1 ? html` ${last} ${part}` : html`, ${part}`
	);
}

function owner(doc) {
	const texts = {
		"Sales Owner": __("the customer's sales owner"),
		"Service Owner": __("the customer's service owner"),
		"BDC Owner": __("the customer's BDC owner"),
		"Document Owner": __("whoever did it"),
	};
	if (doc.owner_kind === "User") return bold(doc.owner_user || "…");
	if (doc.owner_kind === "Round Robin in Role") {
		return fill(__("the next in turn with the role {0}"), [bold(doc.owner_role || "…")]);
	}
	return bold(texts[doc.owner_kind] || "…");
}

function task(doc) {
	const text = {
		Low: __("a task of low priority"),
		Medium: __("a task"),
		High: __("a task of high priority"),
	}[doc.priority];
	return doc.channel === "Task with Drafted Message"
		? __("{0} with a drafted message", [text])
		: text;
}

function span(value, unit) {
	const count = Math.abs(cint(value));
	if (unit === "Minutes") return count === 1 ? __("1 minute") : __("{0} minutes", [count]);
	if (unit === "Hours") return count === 1 ? __("1 hour") : __("{0} hours", [count]);
	return count === 1 ? __("1 day") : __("{0} days", [count]);
}

function opening_span(value, unit) {
	const count = Math.abs(cint(value));
	if (unit === "Days")
		return count === 1 ? __("1 opening day") : __("{0} opening days", [count]);
	return __("{0} of opening time", [span(value, unit)]);
}

function opens(doc, names) {
	const wait = cint(doc.wait_value);
	const from = doc.anchor ? names.anchor(doc.anchor) : null;
	const length =
		doc.wait_clock === "Business Hours"
			? opening_span(wait, doc.wait_unit)
			: span(wait, doc.wait_unit);
	if (!wait) {
		if (from) return fill(__("It opens at {0}"), [bold(from)]);
		return doc.wait_clock === "Business Hours"
			? html`${__("It opens as soon as the house is open")}`
			: html`${__("It opens at once")}`;
	}
	if (wait < 0) return fill(__("It opens {0} before {1}"), [bold(length), bold(from || "…")]);
	if (from) return fill(__("It opens {0} after {1}"), [bold(length), bold(from)]);
	return fill(__("It opens {0} later"), [bold(length)]);
}

function due(doc) {
	const value = cint(doc.due_value);
	if (doc.due_clock === "Business Hours") {
		if (doc.due_unit !== "Days")
			return value ? __("within {0}", [opening_span(value, doc.due_unit)]) : __("at once");
		if (value === 0) return __("the same day by closing time");
		if (value === 1) return __("the next opening day by closing time");
		return __("by closing time {0} later", [opening_span(value, "Days")]);
	}
	return value ? __("within {0}", [span(value, doc.due_unit)]) : __("at once");
}

function stops(doc, names) {
	const rows = (doc.stops || []).filter((row) => row.event_type);
	if (!rows.length) return __("It ends only with an outcome.");
	const ends = join(
		rows.map((row) => bold(names.event(row.event_type))),
		__("or")
	);
	return doc.stops_share
		? fill(__("It ends by itself with: {0}, if both have the same: {1}."), [
				ends,
				bold(names.fact(doc.stops_share)),
		  ])
		: fill(__("It ends by itself with: {0}."), [ends]);
}

function restraint(doc) {
	const found = [];
	if (cint(doc.cap)) {
		found.push(
			fill(__("At most {0} for a customer within {1}."), [
				bold(cint(doc.cap)),
				span(doc.cap_days, "Days"),
			])
		);
	}
	if (cint(doc.quiet_hours_after_contact)) {
		found.push(
			fill(__("Not within {0} after somebody spoke with the customer."), [
				bold(span(doc.quiet_hours_after_contact, "Hours")),
			])
		);
	}
	if (doc.needs_consent) found.push(html`${__("Only with the customer's consent.")}`);
	if (doc.unless_opted_out) found.push(html`${__("Not when the customer has opted out.")}`);
	return found;
}
