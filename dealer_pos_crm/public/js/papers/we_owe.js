/** The We Owe form: a draft is opened, its items are booked and done one by one. */

import { ask } from "../desk/ask";
import { fill, html, intro, ours } from "../desk/html";
import { no_reason, reason_field } from "../desk/reason";
import { call } from "../desk/server";

export function setup(frm) {
	ours(frm);
	frm.set_query("salesperson", () => ({ filters: { enabled: 1, user_type: "System User" } }));
}

export function refresh(frm) {
	const { doc } = frm;
	const open = (doc.items || []).filter((row) => row.status === "Open");
	const fresh = frm.is_new();
	for (const field of ["deal", "customer", "vehicle"])
		frm.set_df_property(field, "read_only", fresh && field === "deal" ? 0 : 1);
	frm.set_df_property("customer", "reqd", 0); // its deal knows it
	const { grid } = frm.fields_dict.items;
	const promised = !fresh && doc.status !== "Draft";
	grid.cannot_add_rows = grid.df.cannot_delete_rows = promised;
	frm.refresh_field("items");
	// Frappe shows them again whenever a row may be edited.
	if (promised)
		grid.wrapper
			.find(".grid-add-row, .grid-add-multiple-rows, .grid-upload")
			.addClass("hidden");
	frm.toggle_display(["customer_name", "status"], false); // said at the top
	if (fresh) return intro(frm, "");
	const late = open.filter((row) => row.due_on && row.due_on < frappe.datetime.get_today());
	intro(
		frm,
		html`<div class="dlr-line">
			${doc.status === "Draft"
				? __("Nothing is promised yet: open the bill when the customer has it.")
				: ""}
			${["Done", "Cancelled"].includes(doc.status) ? __(doc.status) : ""}
			${doc.status === "Open"
				? __("{0} of {1} items are still owed", [open.length, doc.items.length])
				: ""}
			${late.length
				? html`<span class="dlr-red">${__("{0} late", [late.length])}</span>`
				: ""}
		</div>`,
		late.length ? "red" : "blue"
	);
	if (!frm.perm[0]?.write || frm.is_dirty()) return;
	const again = () => frm.reload_doc();
	const group = __("Actions");
	if (doc.status === "Draft")
		frm.page.set_primary_action(__("Open the Bill"), () => open_bill(doc, again));
	if (open.length && doc.status === "Open") {
		frm.page.set_primary_action(__("Item Done"), () => done(doc, open, again));
		if (frappe.model.can_create("Service Appointment"))
			frm.add_custom_button(
				__("Book in the Shop"),
				() =>
					book(
						doc,
						open.filter((row) => !row.appointment),
						again
					),
				group
			);
		frm.add_custom_button(__("Cancel an Item"), () => cancel(doc, open, again), group);
	}
	const finished = (doc.items || []).filter((row) => row.status === "Done");
	if (finished.length && doc.status !== "Cancelled")
		frm.add_custom_button(__("Not Done After All"), () => reopen(doc, finished, again), group);
}

function item_field(rows) {
	return {
		fieldtype: "Select",
		fieldname: "row",
		label: __("Item"),
		options: rows.map((row) => ({ value: row.name, label: row.what })),
		default: rows[0]?.name,
		reqd: 1,
	};
}

function open_bill(doc, done_then) {
	ask({
		title: __("Open the Bill"),
		fields: [
			{
				fieldtype: "Check",
				fieldname: "signed",
				label: __("The customer has signed it"),
				default: doc.signed,
			},
		],
		label: __("Open the Bill"),
		sentence: () =>
			fill(__("{0} are promised to {1}; somebody looks after each until it is done."), [
				html`<b>${__("{0} items", [doc.items.length])}</b>`,
				html`<b>${doc.customer_name}</b>`,
			]),
		submit: ({ signed }) =>
			call("dealer_pos_crm.api.we_owe.open_bill", {
				bill: doc.name,
				signed: Boolean(signed),
			}),
		done: done_then,
	});
}

function done(doc, rows, done_then) {
	ask({
		title: __("Item Done"),
		fields: [
			item_field(rows),
			{
				fieldtype: "Date",
				fieldname: "on",
				label: __("Done On"),
				default: frappe.datetime.get_today(),
				reqd: 1,
			},
			{ fieldtype: "Data", fieldname: "note", label: __("Note") },
		],
		label: __("Done"),
		submit: ({ row, on, note }) =>
			call("dealer_pos_crm.api.we_owe.done", { bill: doc.name, row, on, note }),
		done: done_then,
	});
}

function cancel(doc, rows, done_then) {
	ask({
		title: __("Cancel an Item"),
		danger: true,
		fields: [item_field(rows), reason_field()],
		label: __("Not Owed Any More"),
		missing: no_reason,
		submit: (values) =>
			call("dealer_pos_crm.api.we_owe.cancel_item", {
				bill: doc.name,
				row: values.row,
				reason: values.reason,
			}),
		done: done_then,
	});
}

function reopen(doc, rows, done_then) {
	ask({
		title: __("Not Done After All"),
		fields: [item_field(rows), reason_field()],
		label: __("Owe It Again"),
		missing: no_reason,
		submit: (values) =>
			call("dealer_pos_crm.api.we_owe.reopen", {
				bill: doc.name,
				row: values.row,
				reason: values.reason,
			}),
		done: done_then,
	});
}

function book(doc, rows, done_then) {
	if (!rows.length) return frappe.msgprint(__("Every open item has its appointment."));
	ask({
		title: __("Book in the Shop"),
		fields: [
			item_field(rows),
			{ fieldtype: "Datetime", fieldname: "starts_at", label: __("When"), reqd: 1 },
			{ fieldtype: "Float", fieldname: "duration", label: __("Hours"), default: 1, reqd: 1 },
			{
				fieldtype: "Link",
				fieldname: "team",
				label: __("Team"),
				options: "Service Team",
				only_select: 1,
				get_query: () => ({ filters: { company: doc.company, enabled: 1 } }),
			},
		],
		label: __("Book"),
		problem: ({ starts_at }) =>
			starts_at && starts_at <= frappe.datetime.now_datetime()
				? __("Choose a later time.")
				: null,
		submit: ({ row, starts_at, duration, team }, key) =>
			call("dealer_pos_crm.api.we_owe.book", {
				bill: doc.name,
				row,
				values: { starts_at, duration, team },
				client_key: key,
			}),
		done: done_then,
	});
}
