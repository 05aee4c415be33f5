/** What each list of the day says of its rows, and where Enter goes. */

import { clock_of } from "../lead_response/status";

const HOUR = 60 * 60;

/** Minutes that have passed on this screen since the server spoke, while the house is open. */
export function passed(found) {
	if (!found?.hours.open) return 0;
	const closes = found.hours.closes_at;
	const until = closes ? Math.min(0, dealer.seconds_until(closes)) : 0;
	return Math.max(0, Math.floor((-dealer.seconds_until(found.now) + until) / 60));
}

export function lead_row(lead, gone) {
	const waits = Boolean(lead.waiting_since);
	const clock = waits
		? clock_of({ minutes_left: lead.minutes_left - gone, urgency: lead.urgency })
		: { tone: "", words: "", told: "" };
	return {
		key: `Lead:${lead.name}`,
		doctype: "Lead",
		name: lead.name,
		lead: lead.name,
		title: lead.lead_name || lead.name,
		sub: [lead.lead_type && __(lead.lead_type), lead.what].filter(Boolean).join(" · "),
		again: waits && Boolean(lead.first_response_at),
		tone: clock.tone,
		side: clock.words,
		told: clock.told,
		at: waits ? lead.due_at : lead.last_contact_at || lead.received_at,
		at_words: waits ? __("due") : lead.last_contact_at ? __("last contact") : __("received"),
	};
}

export function promise_row(row) {
	const late = dealer.seconds_until(row.due_at) < 0;
	return {
		key: `Follow Up:${row.name}`,
		doctype: "Follow Up",
		name: row.name,
		lead: row.lead && !row.deal ? row.lead : null,
		title: row.title,
		sub: row.who,
		tone: late ? "red" : dealer.seconds_until(row.due_at) < HOUR ? "orange" : "",
		side: late ? __("overdue") : "",
		late,
		at: row.due_at,
		at_words: __("due"),
	};
}

export function visit_row(row) {
	const open = ["Booked", "Confirmed"].includes(row.status);
	const seconds = dealer.seconds_until(row.starts_at);
	const late = open && seconds < 0;
	return {
		key: `Showroom Appointment:${row.name}`,
		doctype: "Showroom Appointment",
		name: row.name,
		lead: row.lead,
		title: row.person_name || row.customer || row.lead || row.name,
		sub: [__(row.purpose), row.what].filter(Boolean).join(" · "),
		tone: late ? "orange" : "",
		side: late ? __("expected") : __(row.status),
		late,
		clock: row.starts_at,
		status: row.status,
	};
}

export function drive_row(row) {
	const late = row.due_back_at && dealer.seconds_until(row.due_back_at) < 0;
	return {
		key: `Test Drive:${row.name}`,
		doctype: "Test Drive",
		name: row.name,
		title: row.what || row.vehicle,
		sub: [row.person_name, row.dealer_plate].filter(Boolean).join(" · "),
		tone: late ? "red" : "",
		side: row.due_back_at ? (late ? __("should be back") : __("back")) : __("out since"),
		late,
		at: row.due_back_at || row.out_at,
	};
}

export function deal_row(row, user) {
	return {
		key: `Deal Jacket:${row.name}`,
		doctype: "Deal Jacket",
		name: row.name,
		title: row.customer_name || row.customer,
		sub: row.what,
		stage: row.stage,
		next: row.next,
		missing: row.missing,
		second: row.salesperson !== user ? row.salesperson : null,
		tone: "",
		at: row.stage_since,
	};
}

export function fits(row, text) {
	if (!text) return true;
	const said = `${row.title} ${row.sub} ${row.name} ${row.stage || ""}`.toLowerCase();
	return text
		.toLowerCase()
		.split(/\s+/)
		.every((word) => said.includes(word));
}
