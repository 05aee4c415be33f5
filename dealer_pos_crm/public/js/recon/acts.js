/** What a person does with a step: one small dialog each, or none where nothing is to be said. */

import { ask } from "../desk/ask";
import { fill, html, trusted } from "../desk/html";
import { call } from "../desk/server";
import { money } from "../desk/words";

const METHOD = "dealer_pos_crm.api.recon.";

export const LABELS = () => ({
	Start: __("Start"),
	Finish: __("Finish"),
	Skip: __("Leave Out"),
	"Wait for Parts": __("Wait for Parts"),
	"Ask for Approval": __("Ask for Approval"),
	Approve: __("Approve"),
	"Turn Down": __("Turn Down"),
});

/** The verb that the step waits for. */
export function first_of(step) {
	const order = { Waiting: ["Start", "Finish"], "Waiting for Approval": ["Approve"] };
	const wanted = order[step.status] || (step.status === "Waiting for Parts" ? ["Start"] : ["Finish"]);
	return wanted.find((act) => step.can.includes(act)) || null;
}

export function run(act, recon, step, done) {
	const args = { recon: recon.name, key: step.key };
	switch (act) {
		case "Start":
			return now("start_step", args, done);
		case "Finish":
			return finish(recon, step, args, done);
		case "Skip":
			return reason(__("Leave Out: {0}", [__(step.step)]), __("Leave Out"), "skip_step", "reason", args, done);
		case "Wait for Parts":
			return parts(step, args, done);
		case "Ask for Approval":
			return approval(recon, step, args, done);
		case "Approve":
			return approve(recon, step, args, done);
		case "Turn Down":
			return reason(
				__("Turn Down: {0}", [__(step.step)]),
				__("Turn Down"),
				"decide",
				"note",
				{ ...args, approve: 0 },
				done
			);
	}
}

async function now(method, args, done) {
	try {
		done(await call(METHOD + method, args));
	} catch (refusal) {
		frappe.msgprint({
			title: refusal.title || __("Not possible"),
			message: String(trusted(refusal.message)),
			indicator: "red",
		});
	}
}

function note_field(step) {
	return {
		fieldtype: "Small Text",
		fieldname: "note",
		label: __("Note"),
		default: step.note,
		max_height: "60px",
	};
}

function finish(recon, step, args, done) {
	const cost = {
		fieldtype: "Currency",
		fieldname: "cost",
		label: __("Cost"),
		options: recon.currency,
		default: step.cost || step.approved_amount || step.estimate || 0,
	};
	const billed = step.repair_order;
	return ask({
		title: __("Finish: {0}", [__(step.step)]),
		fields: [...(recon.may.see_cost && !billed ? [cost] : []), note_field(step)],
		label: __("Finish"),
		sentence: () =>
			billed
				? __("The cost is what {0} billed to the house.", [billed])
				: step.needs_approval_above
				? __("Above {0} it needs approval first.", [money(step.needs_approval_above, recon.currency)])
				: "",
		submit: (values) =>
			call(METHOD + "finish_step", { ...args, cost: values.cost ?? null, note: values.note }),
		done,
	});
}

function parts(step, args, done) {
	return ask({
		title: __("Wait for Parts: {0}", [__(step.step)]),
		fields: [
			{
				fieldtype: "Date",
				fieldname: "eta",
				label: __("Parts Expected"),
				reqd: 1,
				default: step.parts_eta || frappe.datetime.add_days(frappe.datetime.get_today(), 2),
			},
			note_field(step),
		],
		label: __("Wait for Parts"),
		submit: (values) => call(METHOD + "wait_for_parts", { ...args, ...values }),
		done,
	});
}

function approval(recon, step, args, done) {
	return ask({
		title: __("Ask for Approval: {0}", [__(step.step)]),
		fields: [
			{
				fieldtype: "Currency",
				fieldname: "amount",
				label: __("Will Cost"),
				options: recon.currency,
				reqd: 1,
			},
			{ ...note_field(step), label: __("What Was Found") },
		],
		label: __("Ask"),
		sentence: () =>
			fill(__("Up to {0} needs nobody's approval. A manager decides; you cannot approve it yourself."), [
				html`<b>${money(step.needs_approval_above, recon.currency)}</b>`,
			]),
		submit: (values) => call(METHOD + "ask_approval", { ...args, amount: values.amount, note: values.note }),
		done,
	});
}

function approve(recon, step, args, done) {
	return ask({
		title: __("Approve: {0}", [__(step.step)]),
		fields: [note_field(step)],
		label: __("Approve {0}", [money(step.estimate, recon.currency)]),
		sentence: () => __("Asked by {0}.", [step.asked_by || "-"]),
		submit: (values) => call(METHOD + "decide", { ...args, approve: 1, note: values.note }),
		done,
	});
}

function reason(title, label, method, field, args, done) {
	return ask({
		title,
		fields: [{ fieldtype: "Small Text", fieldname: field, label: __("Reason"), reqd: 1, max_height: "70px" }],
		label,
		missing: (values) => ((values[field] || "").trim().length < 3 ? __("Say why in a few words.") : null),
		submit: (values) => call(METHOD + method, { ...args, [field]: values[field] }),
		done,
	});
}

export function arrange(recon, step, done) {
	return ask({
		title: __("Arrange: {0}", [__(step.step)]),
		fields: [
			{
				fieldtype: "Link",
				fieldname: "owner_user",
				label: __("Owner"),
				options: "User",
				default: step.owner_user,
				only_select: true,
				get_query: () => ({ filters: { enabled: 1, user_type: "System User" } }),
			},
			{
				fieldtype: "Currency",
				fieldname: "estimate",
				label: __("Estimate"),
				options: recon.currency,
				default: step.estimate || 0,
			},
			{
				fieldtype: "Link",
				fieldname: "repair_order",
				label: __("Repair Order"),
				options: "Repair Order",
				default: step.repair_order,
				only_select: true,
				get_query: () => ({ filters: { vehicle: recon.vehicle } }),
			},
		],
		label: __("Save"),
		sentence: () => __("With a repair order, the cost is what it bills to the house."),
		submit: (values) =>
			call(METHOD + "arrange", {
				...args_of(recon, step),
				values: {
					owner_user: values.owner_user || "",
					estimate: values.estimate || 0,
					repair_order: values.repair_order || "",
				},
			}),
		done,
	});
}

const args_of = (recon, step) => ({ recon: recon.name, key: step.key });

export function add_step(recon, done) {
	return ask({
		title: __("Add a Step"),
		fields: [
			{ fieldtype: "Data", fieldname: "step", label: __("What Is to Be Done"), reqd: 1 },
			{
				fieldtype: "Select",
				fieldname: "department",
				label: __("Department"),
				options: ["Service", "Detail", "Body", "Photos", "Sales", "Parts"],
				default: "Service",
			},
			{ fieldtype: "Float", fieldname: "target_days", label: __("Target (business days)"), default: 1 },
			{
				fieldtype: "Link",
				fieldname: "owner_user",
				label: __("Owner"),
				options: "User",
				only_select: true,
				get_query: () => ({ filters: { enabled: 1, user_type: "System User" } }),
			},
		],
		label: __("Add"),
		submit: (values) => call(METHOD + "add_step", { recon: recon.name, ...values }),
		done,
	});
}

export function cancel(recon, done) {
	return ask({
		title: __("Cancel the Recon"),
		danger: true,
		fields: [{ fieldtype: "Small Text", fieldname: "reason", label: __("Reason"), reqd: 1, max_height: "70px" }],
		label: __("Cancel the Recon"),
		sentence: () => __("What was spent stays the car's cost. The car is not front-line ready."),
		missing: ({ reason: said }) => ((said || "").trim().length < 3 ? __("Say why in a few words.") : null),
		submit: (values) => call(METHOD + "cancel", { recon: recon.name, reason: values.reason }),
		done,
	});
}
