/** What can be done with an appointment: a short dialog each, from the form and from the day board. */

import { ask } from "../desk/ask";
import { fill, html } from "../desk/html";
import { no_reason, reason_field } from "../desk/reason";
import { call } from "../desk/server";
import { exact } from "../desk/words";
import { check_in as open_order } from "../repair_order/check_in";
import { week_table } from "./load";

const GET = { type: "GET" };

function name_of(doc) {
	return doc.customer_name || doc.customer;
}

export function arrive(doc) {
	return call("dealer_pos_crm.api.appointment.arrive", { appointment: doc.name });
}

/** The car is here: the check-in of the repair order asks for its mileage and opens it, once. */
export function check_in(doc) {
	return open_order({ appointment: doc.name });
}

export function confirm(doc, done) {
	return ask({
		title: __("Confirm"),
		fields: [
			{
				fieldtype: "Select",
				fieldname: "how",
				label: __("How did the customer confirm?"),
				options: ["Phone", "Text", "E-mail", "In Person", "Portal"].map((how) => ({
					value: how,
					label: __(how),
				})),
				default: doc.contact_by || "Phone",
				reqd: 1,
			},
		],
		label: __("Confirm"),
		sentence: () =>
			fill(__("{0} comes at {1}."), [html`<b>${name_of(doc)}</b>`, html`<b>${exact(doc.starts_at)}</b>`]),
		submit: ({ how }) =>
			call("dealer_pos_crm.api.appointment.confirm", { appointment: doc.name, how }),
		done,
	});
}

export function miss(doc, done) {
	return ask({
		title: __("No-show"),
		fields: [],
		label: __("Did Not Come"),
		sentence: () =>
			fill(__("{0} did not come at {1}. Somebody is asked to save the visit the same day."), [
				html`<b>${name_of(doc)}</b>`,
				html`<b>${exact(doc.starts_at)}</b>`,
			]),
		submit: () => call("dealer_pos_crm.api.appointment.miss", { appointment: doc.name }),
		done,
	});
}

export function cancel(doc, done) {
	return ask({
		title: __("Cancel Appointment"),
		danger: true,
		fields: [reason_field()],
		label: __("Cancel Appointment"),
		missing: no_reason,
		sentence: () =>
			fill(__("{0} will not come. For another time, use Reschedule."), [
				html`<b>${name_of(doc)}</b>`,
			]),
		submit: ({ reason }) =>
			call("dealer_pos_crm.api.appointment.cancel", { appointment: doc.name, reason }),
		done,
	});
}

/** @param {object} [to] what is chosen already: starts_at, team, advisor */
export function reschedule(doc, done, to = {}) {
	let week = null;
	let asked = null;
	const day_of = (at) => (at || "").slice(0, 10);
	const dialog = ask({
		title: __("Reschedule"),
		size: "large",
		fields: [
			{
				fieldtype: "Datetime",
				fieldname: "starts_at",
				label: __("New Time"),
				default: to.starts_at || doc.starts_at,
				reqd: 1,
			},
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Link",
				fieldname: "team",
				label: __("Team"),
				options: "Service Team",
				default: to.team === undefined ? doc.team : to.team,
				only_select: 1,
				get_query: () => ({ filters: { company: doc.company, enabled: 1 } }),
			},
			{ fieldtype: "Section Break", hide_border: 1 },
			{ fieldtype: "HTML", fieldname: "load" },
			{ fieldtype: "Data", fieldname: "reason", label: __("Reason") },
		],
		label: __("Reschedule"),
		problem: ({ starts_at }) => {
			if (!starts_at) return __("Choose the new time.");
			if (starts_at === doc.starts_at && doc.status !== "No-show")
				return __("It is at {0} already. Choose another time.", [exact(doc.starts_at)]);
			return starts_at <= frappe.datetime.now_datetime() ? __("Choose a later time.") : null;
		},
		sentence: ({ starts_at }) => {
			show_load();
			return fill(__("{0} comes at {1} instead of {2}; the work goes along."), [
				html`<b>${name_of(doc)}</b>`,
				html`<b>${exact(starts_at)}</b>`,
				exact(doc.starts_at),
			]);
		},
		submit: ({ starts_at, team, reason }, key) =>
			call("dealer_pos_crm.api.appointment.reschedule", {
				appointment: doc.name,
				values: { starts_at, team, ...(to.advisor ? { advisor: to.advisor } : {}) },
				reason,
				client_key: key,
			}),
		done,
	});

	async function show_load() {
		const { starts_at, team } = { starts_at: dialog?.get_value("starts_at"), team: dialog?.get_value("team") };
		if (!starts_at) return;
		const day = day_of(starts_at);
		if (!week?.days.includes(day) && asked !== day) {
			asked = day;
			try {
				week = await call("dealer_pos_crm.api.appointment.get_load", { company: doc.company, day }, GET);
			} catch {
				return; // the load is a help, not a condition
			}
		}
		if (week) dialog.fields_dict.load.$wrapper.html(String(week_table(week, day, team)));
	}
	dialog.fields_dict.load.$wrapper.on("click", "[data-dlr=day]", (event) => {
		const time = (dialog.get_value("starts_at") || doc.starts_at).slice(10);
		dialog.set_value("starts_at", event.currentTarget.dataset.day + time).then(dialog.dlr_refresh);
	});
	show_load();
	return dialog;
}
