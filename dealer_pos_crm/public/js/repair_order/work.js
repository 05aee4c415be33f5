/** The work itself: cause and correction, done, a new price, where parts are, the status. */

import { ask } from "../desk/ask";
import { fill, html, pill } from "../desk/html";
import { call } from "../desk/server";
import { money } from "../desk/words";
import { PARTS } from "./status";

function three_cs(row, reqd) {
	return [
		{
			fieldtype: "Small Text",
			fieldname: "concern",
			label: __("Concern"),
			default: row.concern,
			max_height: "60px",
		},
		{
			fieldtype: "Small Text",
			fieldname: "cause",
			label: __("Cause"),
			default: row.cause,
			reqd,
			max_height: "80px",
		},
		{
			fieldtype: "Small Text",
			fieldname: "correction",
			label: __("Correction"),
			default: row.correction,
			reqd,
			max_height: "80px",
		},
	];
}

export function finish(doc, row, done) {
	return ask({
		title: __("Job {0}: Work Done", [row.job_no]),
		fields: three_cs(row, 1).slice(1),
		label: __("Work Done"),
		submit: ({ cause, correction }) =>
			call("dealer_pos_crm.api.repair_order.finish_job", { order: doc.name, job_no: row.job_no, cause, correction }),
		done,
	});
}

export function work(doc, row, done) {
	return ask({
		title: __("Job {0}: {1}", [row.job_no, row.title]),
		fields: three_cs(row, 0),
		label: __("Save"),
		submit: (values) =>
			call("dealer_pos_crm.api.repair_order.set_work", {
				order: doc.name,
				job_no: row.job_no,
				values: {
					concern: values.concern || "",
					cause: values.cause || "",
					correction: values.correction || "",
				},
			}),
		done,
	});
}

/** One field: why. */
export function why(title, label, method, args, done, { danger = false, sentence = "" } = {}) {
	return ask({
		title,
		danger,
		fields: [
			{ fieldtype: "Small Text", fieldname: "reason", label: __("Reason"), reqd: 1, max_height: "70px" },
		],
		label,
		sentence: () => sentence,
		missing: ({ reason }) =>
			(reason || "").trim().length < 3 ? __("Say why in a few words.") : null,
		submit: ({ reason }) => call(method, { ...args, reason }),
		done,
	});
}

export function revise(doc, row, done) {
	return ask({
		title: __("Job {0}: New Price", [row.job_no]),
		fields: [
			{
				fieldtype: "Currency",
				fieldname: "price",
				label: __("New Price of the Whole Job"),
				options: "currency",
				default: row.amount,
				reqd: 1,
			},
			{ fieldtype: "Small Text", fieldname: "reason", label: __("Reason"), reqd: 1, max_height: "70px" },
		],
		label: __("Change Price"),
		missing: ({ price, reason }) => {
			if (flt(price, 2) === flt(row.amount, 2)) return __("This is the price it has.");
			return (reason || "").trim().length < 3 ? __("Say why in a few words.") : null;
		},
		sentence: () =>
			fill(
				__(
					"It is {0} now. Going over what the customer authorised by more than the house allows asks for a new answer."
				),
				[html`<b>${money(row.amount, doc.currency)}</b>`]
			),
		submit: ({ price, reason }) =>
			call("dealer_pos_crm.api.repair_order.revise", { order: doc.name, job_no: row.job_no, reason, values: { price } }),
		done: (answer) => {
			frappe.show_alert(
				answer.ask_again
					? {
							message: __("{0} above what is authorised: ask the customer again", [
								money(answer.above, doc.currency),
							]),
							indicator: "orange",
					  }
					: { message: __("Price changed; the approval stands"), indicator: "green" },
				7
			);
			done?.();
		},
	});
}

/** Where each part is. Ordered ones first, with one click for what has arrived. */
export function parts(doc, only_ordered, done) {
	const titles = Object.fromEntries(doc.jobs.map((row) => [row.job_no, row.title]));
	const order = ["Ordered", "To Order", "Arrived", "In Stock"];
	const rows = doc.parts
		.filter((row) => !only_ordered || row.state === "Ordered")
		.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.job_no - b.job_no);
	const said = {};
	const changed = () => Object.values(said).filter((row) => row.state || row.eta);
	const dialog = ask({
		title: only_ordered ? __("Parts Arrived") : __("Where Parts Are"),
		size: "large",
		fields: [{ fieldtype: "HTML", fieldname: "rows" }],
		label: __("Save"),
		missing: () => {
			if (!changed().length) return __("Nothing changed yet.");
			const bare = rows.find((row) => {
				const now = { ...row, ...said[row.row_key] };
				return now.state === "Ordered" && !now.eta;
			});
			return bare ? __("{0}: set the day it is expected.", [bare.description || bare.item]) : null;
		},
		submit: () =>
			call("dealer_pos_crm.api.repair_order.set_part_states", { order: doc.name, rows: changed() }),
		done,
	});
	const area = dialog.fields_dict.rows.$wrapper;
	area.html(
		String(html`<div class="dlr-asking">
			${rows.map(
				(row) => html`<div class="dlr-asked dlr-asked-part" data-key="${row.row_key}">
					<span class="dlr-ro-job-no">${row.job_no}</span>
					<div class="dlr-ro-job-text">
						<b>${row.description || row.item}</b>
						<div class="dlr-small">${__("{0} pcs", [row.qty])} · ${titles[row.job_no] || ""}</div>
					</div>
					${pill(__(row.state), PARTS[row.state])}
					<select class="form-control input-xs" aria-label="${__("State of {0}", [row.description || row.item])}">
						<option value="">${__("No change")}</option>
						${["To Order", "In Stock", "Ordered", "Arrived"]
							.filter((state) => state !== row.state)
							.map((state) => html`<option value="${state}">${__(state)}</option>`)}
					</select>
					<input
						class="form-control input-xs"
						type="date"
						value="${row.eta || ""}"
						aria-label="${__("Expected on, {0}", [row.description || row.item])}"
					/>
				</div>`
			)}
		</div>`)
	);
	const one = (event) => {
		const key = event.currentTarget.closest("[data-key]").dataset.key;
		return (said[key] ||= { row_key: key });
	};
	area.on("change", "select", (event) => {
		one(event).state = event.currentTarget.value || undefined;
		dialog.dlr_refresh();
	});
	area.on("input change", "input[type=date]", (event) => {
		one(event).eta = event.currentTarget.value || undefined;
		dialog.dlr_refresh();
	});
	if (only_ordered) area.find("select").val("Arrived").trigger("change");
	return dialog;
}

export function change_status(doc, facts, done) {
	return ask({
		title: __("Change Status"),
		fields: [
			{
				fieldtype: "Select",
				fieldname: "to",
				label: __("New Status"),
				options: facts.possible.map((value) => ({ value, label: __(value) })),
				default: facts.possible[0],
				reqd: 1,
			},
			{ fieldtype: "Small Text", fieldname: "reason", label: __("Note"), max_height: "60px" },
		],
		label: __("Change"),
		sentence: () => fill(__("It is {0} now."), [html`<b>${__(doc.status)}</b>`]),
		submit: ({ to, reason }) => call("dealer_pos_crm.api.repair_order.change_status", { order: doc.name, to, reason }),
		done,
	});
}

export function close(doc, done) {
	return ask({
		title: __("Close {0}", [doc.name]),
		fields: [
			{
				fieldtype: "Int",
				fieldname: "mileage_out",
				label: __("Mileage Out"),
				default: doc.mileage_out || doc.mileage_in,
				reqd: 1,
			},
		],
		label: __("Close"),
		problem: ({ mileage_out }) =>
			mileage_out && mileage_out < doc.mileage_in && !doc.mileage_explanation
				? __("It came with {0}. Correct it, or write in the order why it is lower.", [
						doc.mileage_in.toLocaleString(),
				  ])
				: null,
		submit: ({ mileage_out }) => call("dealer_pos_crm.api.repair_order.close", { order: doc.name, mileage_out }),
		done,
	});
}
