/** What is done on the floor: a short dialog each, from forms, lists and boards. */

import { ask } from "../desk/ask";
import { my_company } from "../desk/dealership";
import { fill, html, trusted } from "../desk/html";
import { no_reason, reason_field, too_short } from "../desk/reason";
import { call } from "../desk/server";
import { exact } from "../desk/words";

const GET = { type: "GET" };

const user_field = (fieldname, label, more = {}) => ({
	fieldtype: "Link",
	fieldname,
	label,
	options: "User",
	only_select: 1,
	get_query: () => ({ filters: { enabled: 1, user_type: "System User" } }),
	...more,
});

const select = (values) => values.map((value) => ({ value, label: __(value) }));

/** @param {object} about customer, lead, deal, company, vehicle, salesperson, person_name */
export function book(about = {}, done = null) {
	const company = about.company || my_company();
	let remarks = [];
	let asked = "";
	let dialog = null; // what is shown at once asks for it
	dialog = ask({
		title: __("Book an Appointment"),
		size: "large",
		fields: [
			{
				fieldtype: "Link",
				fieldname: "customer",
				label: __("Customer"),
				options: "Customer",
				default: about.customer,
				hidden: about.lead || about.deal ? 1 : 0,
				read_only: about.customer ? 1 : 0,
			},
			{
				fieldtype: "Datetime",
				fieldname: "starts_at",
				label: __("When"),
				reqd: 1,
				default: about.starts_at,
			},
			{ fieldtype: "Float", fieldname: "duration", label: __("Hours"), default: 1, reqd: 1 },
			{
				fieldtype: "Select",
				fieldname: "channel",
				label: __("Booked By Way Of"),
				options: select(["Phone", "Text", "E-mail", "Online", "In Person"]),
				default: "Phone",
			},
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Select",
				fieldname: "purpose",
				label: __("Purpose"),
				options: select(["Visit", "Test Drive", "Appraisal", "Paperwork", "Delivery"]),
				default: about.purpose || "Visit",
				reqd: 1,
			},
			{
				fieldtype: "Link",
				fieldname: "vehicle",
				label: __("Vehicle"),
				options: "Dealer Vehicle",
				only_select: 1,
				default: about.vehicle,
				get_query: () => ({ filters: { company } }),
			},
			user_field("salesperson", __("Salesperson"), {
				default: about.salesperson || frappe.session.user,
				reqd: 1,
			}),
			{ fieldtype: "Section Break", hide_border: 1 },
		],
		label: __("Book"),
		problem: ({ starts_at }) =>
			starts_at && starts_at <= frappe.datetime.now_datetime()
				? __("Choose a later time.")
				: null,
		missing: ({ customer }) =>
			customer || about.lead || about.deal ? null : __("With whom? Choose the customer."),
		sentence: (values) => {
			look(values);
			if (!values.starts_at) return "";
			const who = about.person_name || values.customer || about.lead || "";
			return html`${fill(__("{0} comes at {1}."), [
				html`<b>${who}</b>`,
				html`<b>${exact(values.starts_at)}</b>`,
			])}
			${remarks.map(
				(text) => html`<div class="dlr-small dlr-orange">${trusted(text)}</div>`
			)}`;
		},
		submit: (values, key) =>
			call("dealer_pos_crm.api.visit.book", {
				values: { ...pick(values), company, lead: about.lead, deal: about.deal },
				client_key: key,
			}),
		done: (answer) => {
			frappe.show_alert({
				message: __("Booked: {0}", [exact(answer.starts_at)]),
				indicator: "green",
			});
			return done?.(answer);
		},
	});

	/** Conflicts are told while booking; they keep nobody from it. */
	async function look(values) {
		const wanted = JSON.stringify({
			...pick(values),
			company,
			lead: about.lead,
			deal: about.deal,
		});
		if (wanted === asked) return;
		asked = wanted;
		try {
			const answer = await call(
				"dealer_pos_crm.api.visit.get_remarks",
				{ values: wanted },
				GET
			);
			if (wanted !== asked) return;
			remarks = answer.remarks;
			dialog?.dlr_refresh();
		} catch {
			remarks = []; // what is wrong is said when it is booked
		}
	}
	return dialog;
}

function pick({ customer, starts_at, duration, channel, purpose, vehicle, salesperson }) {
	return { customer, starts_at, duration, channel, purpose, vehicle, salesperson };
}

export function confirm(doc, done) {
	return ask({
		title: __("Confirm"),
		fields: [
			{
				fieldtype: "Select",
				fieldname: "how",
				label: __("How did they confirm?"),
				options: select(["Phone", "Text", "E-mail", "In Person"]),
				default: "Phone",
				reqd: 1,
			},
		],
		label: __("Confirm"),
		sentence: () =>
			fill(__("{0} comes at {1}."), [
				html`<b>${doc.person_name}</b>`,
				html`<b>${exact(doc.starts_at)}</b>`,
			]),
		submit: ({ how }) =>
			call("dealer_pos_crm.api.visit.confirm", { appointment: doc.name, how }),
		done,
	});
}

export function miss(doc, done) {
	return ask({
		title: __("No-show"),
		fields: [],
		label: __("Did Not Come"),
		sentence: () =>
			fill(__("{0} did not come at {1}. Somebody is asked to save it the same day."), [
				html`<b>${doc.person_name}</b>`,
				html`<b>${exact(doc.starts_at)}</b>`,
			]),
		submit: () => call("dealer_pos_crm.api.visit.miss", { appointment: doc.name }),
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
				html`<b>${doc.person_name}</b>`,
			]),
		submit: ({ reason }) =>
			call("dealer_pos_crm.api.visit.cancel", { appointment: doc.name, reason }),
		done,
	});
}

export function reschedule(doc, done) {
	return ask({
		title: __("Reschedule"),
		fields: [
			{
				fieldtype: "Datetime",
				fieldname: "starts_at",
				label: __("New Time"),
				default: doc.starts_at,
				reqd: 1,
			},
			user_field("salesperson", __("Salesperson"), { default: doc.salesperson, reqd: 1 }),
			{ fieldtype: "Data", fieldname: "reason", label: __("Reason") },
		],
		label: __("Reschedule"),
		problem: ({ starts_at }) => {
			if (starts_at === doc.starts_at && doc.status !== "No-show")
				return __("It is at {0} already. Choose another time.", [exact(doc.starts_at)]);
			return starts_at && starts_at <= frappe.datetime.now_datetime()
				? __("Choose a later time.")
				: null;
		},
		sentence: ({ starts_at }) =>
			fill(__("{0} comes at {1} instead of {2}."), [
				html`<b>${doc.person_name}</b>`,
				html`<b>${exact(starts_at)}</b>`,
				exact(doc.starts_at),
			]),
		submit: ({ starts_at, salesperson, reason }, key) =>
			call("dealer_pos_crm.api.visit.reschedule", {
				appointment: doc.name,
				values: { starts_at, salesperson },
				reason,
				client_key: key,
			}),
		done: (answer) => {
			for (const text of answer.remarks)
				frappe.show_alert({ message: String(trusted(text)), indicator: "orange" }, 8);
			return done?.(answer);
		},
	});
}

const OUTCOMES = ["Bought", "Left a Deposit", "Write-up", "Will Be Back", "Thinking", "Lost"];

/** They leave: how it ended, who spoke with them, what comes next. */
export function end_visit(doc, done) {
	return ask({
		title: __("They Leave"),
		fields: [
			{
				fieldtype: "Select",
				fieldname: "outcome",
				label: __("How did it end?"),
				options: select(["", ...OUTCOMES]),
				reqd: 1,
			},
			{ fieldtype: "Data", fieldname: "next_step", label: __("Agreed Next Step") },
			{ fieldtype: "Column Break" },
			user_field("turned_over_to", __("Manager Who Spoke With Them"), {
				default: doc.turned_over_to,
			}),
			{
				fieldtype: "Small Text",
				fieldname: "notes",
				label: __("Notes"),
				max_height: "60px",
			},
			{ fieldtype: "Section Break", hide_border: 1 },
		],
		label: __("Save"),
		missing: ({ outcome, next_step }) =>
			["Will Be Back", "Thinking"].includes(outcome) && too_short(next_step)
				? __("What was agreed as the next step? A few words are enough.")
				: null,
		submit: (values) =>
			call("dealer_pos_crm.api.visit.end", { visit_name: doc.name, ...values }),
		done,
	});
}

/** A car leaves with somebody: the licence is looked at first, and its number never written down. */
export function take_drive(about = {}, done = null) {
	const company = about.company || my_company();
	const decides = ["Dealer Sales Manager", "Dealer Manager"].some((role) =>
		frappe.user.has_role(role)
	);
	let remarks = [];
	let asked = "";
	let dialog = null; // what is shown at once asks for it
	dialog = ask({
		title: __("Test Drive"),
		size: "large",
		fields: [
			{
				fieldtype: "Link",
				fieldname: "customer",
				label: __("Customer"),
				options: "Customer",
				default: about.customer,
				hidden: about.lead || about.visit || about.deal ? 1 : 0,
			},
			{
				fieldtype: "Link",
				fieldname: "vehicle",
				label: __("Vehicle"),
				options: "Dealer Vehicle",
				only_select: 1,
				reqd: 1,
				default: about.vehicle,
				get_query: () => ({ filters: { company } }),
			},
			{ fieldtype: "Datetime", fieldname: "due_back_at", label: __("Due Back") },
			{
				fieldtype: "Int",
				fieldname: "mileage_out",
				label: __("Mileage Out"),
				description: __("Empty: the last reading"),
			},
			{ fieldtype: "Data", fieldname: "dealer_plate", label: __("Dealer Plate") },
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Check",
				fieldname: "licence_seen",
				label: __("I have looked at the driving licence"),
			},
			{
				fieldtype: "Date",
				fieldname: "licence_valid_until",
				label: __("Licence Valid Until"),
				reqd: 1,
			},
			{
				fieldtype: "Data",
				fieldname: "licence_country",
				label: __("State or Country"),
				description: __("Never the number of the licence"),
			},
			{
				fieldtype: "Data",
				fieldname: "override_reason",
				label: __("Why the Manager Lets Them Drive"),
				hidden: 1,
			},
			{
				fieldtype: "Check",
				fieldname: "insurance_seen",
				label: __("Proof of insurance seen"),
			},
			{
				fieldtype: "Check",
				fieldname: "accompanied",
				label: __("A salesperson goes along"),
				default: 1,
			},
			{ fieldtype: "Section Break", hide_border: 1 },
		],
		label: __("Hand Over the Key"),
		problem: ({ licence_valid_until }) => {
			const expired =
				licence_valid_until && licence_valid_until < frappe.datetime.get_today();
			const field = dialog?.fields_dict.override_reason;
			if (field && field.df.hidden === (expired && decides ? 1 : 0))
				dialog.set_df_property("override_reason", "hidden", expired && decides ? 0 : 1);
			if (expired && !decides)
				return __(
					"The licence has ended: the person may not drive. A sales manager can decide otherwise."
				);
			return null;
		},
		missing: ({ licence_seen, customer, licence_valid_until, override_reason }) => {
			if (!(customer || about.lead || about.visit || about.deal))
				return __("Who drives? Choose the customer.");
			if (!licence_seen) return __("Look at the driving licence first.");
			if (
				licence_valid_until &&
				licence_valid_until < frappe.datetime.get_today() &&
				!(override_reason || "").trim()
			)
				return __("The licence has ended. Say why the person may drive all the same.");
			return null;
		},
		sentence: (values) => {
			look(values.vehicle, values.customer);
			return remarks.length
				? html`${remarks.map(
						(text) => html`<div class="dlr-small dlr-orange">${trusted(text)}</div>`
				  )}`
				: "";
		},
		submit: ({ override_reason, ...values }, key) =>
			call("dealer_pos_crm.api.visit.take_drive", {
				values: {
					...values,
					company,
					lead: about.lead,
					visit: about.visit,
					deal: about.deal,
				},
				override_reason,
				client_key: key,
			}),
		done: (answer) => {
			frappe.show_alert({
				message: __("Due back {0}", [exact(answer.due_back_at)]),
				indicator: "green",
			});
			return done ? done(answer) : frappe.set_route("Form", "Test Drive", answer.name);
		},
	});
	async function look(vehicle, customer) {
		const wanted = JSON.stringify({ vehicle, customer, company });
		if (!vehicle || wanted === asked) return;
		asked = wanted;
		try {
			const answer = await call(
				"dealer_pos_crm.api.visit.get_remarks",
				{ values: wanted },
				GET
			);
			if (wanted !== asked) return;
			remarks = answer.remarks;
			dialog?.dlr_refresh();
		} catch {
			remarks = []; // what is wrong is said when the key is handed over
		}
	}
	return dialog;
}

export function bring_back(doc, done) {
	return ask({
		title: __("Back From the Test Drive"),
		fields: [
			{
				fieldtype: "Int",
				fieldname: "mileage_in",
				label: __("Mileage"),
				reqd: 1,
				description: doc.mileage_out ? __("It left with {0}", [doc.mileage_out]) : "",
			},
			{
				fieldtype: "Small Text",
				fieldname: "feedback",
				label: __("What Did They Say?"),
				max_height: "60px",
			},
		],
		label: __("Car Is Back"),
		problem: ({ mileage_in }) =>
			mileage_in && doc.mileage_out && mileage_in < doc.mileage_out
				? __("It left with {0}. Read the odometer again.", [doc.mileage_out])
				: null,
		missing: ({ mileage_in }) => (mileage_in ? null : __("What does the odometer show?")),
		submit: ({ mileage_in, feedback }) =>
			call("dealer_pos_crm.api.visit.bring_back", { drive: doc.name, mileage_in, feedback }),
		done,
	});
}

export function cancel_drive(doc, done) {
	return ask({
		title: __("Test Drive Did Not Take Place"),
		danger: true,
		fields: [reason_field()],
		label: __("Did Not Take Place"),
		missing: no_reason,
		submit: ({ reason }) =>
			call("dealer_pos_crm.api.visit.cancel_drive", { drive: doc.name, reason }),
		done,
	});
}
