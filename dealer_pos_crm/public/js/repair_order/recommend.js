/** A job that was found: an op code, or what it is in words; its price is shown before it is added. */

import { ask } from "../desk/ask";
import { fill, html } from "../desk/html";
import { call } from "../desk/server";
import { money, seconds_until } from "../desk/words";

const GET = { type: "GET" };

export function recommend(doc, done) {
	// Later it is an add-on, whoever asked for it.
	const just_opened = seconds_until(doc.opened_at) > -5 * 60;
	let usual = null; // what the op code brings
	let dialog = null;
	const bring = async () => {
		if (!dialog) return;
		const { labor_operation, pay_type } = dialog.get_values(true) || {};
		if (!labor_operation) {
			usual = null;
			return dialog.dlr_refresh();
		}
		const found = await call(
			"dealer_pos_crm.api.repair_order.get_operation",
			{ operation: labor_operation, company: doc.company, pay_type },
			GET
		);
		if (dialog.get_value("labor_operation") !== labor_operation) return;
		usual = found;
		dialog.set_value("title", found.title);
		dialog.set_value("hours", found.hours);
		dialog.set_value("rate", found.rate);
		dialog.dlr_refresh();
	};
	const price = ({ hours, rate }) => {
		const parts = (usual?.parts || []).reduce((sum, row) => sum + flt(row.qty * row.rate, 2), 0);
		return flt(flt(hours) * flt(rate), 2) + parts;
	};
	dialog = ask({
		title: just_opened ? __("Add Job") : __("Recommend Job"),
		fields: [
			{
				fieldtype: "Link",
				fieldname: "labor_operation",
				label: __("Op Code"),
				options: "Labor Operation",
				get_query: () => ({ filters: { enabled: 1 } }),
				onchange: () => bring(),
			},
			{
				fieldtype: "Data",
				fieldname: "title",
				label: __("Service"),
				description: __("What the customer reads"),
			},
			{ fieldtype: "Small Text", fieldname: "concern", label: __("Concern"), max_height: "60px" },
			{
				fieldtype: "Check",
				fieldname: "asked_for",
				label: __("The customer came for this"),
				default: just_opened ? 1 : 0,
				hidden: just_opened ? 0 : 1,
			},
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Select",
				fieldname: "severity",
				label: __("Severity"),
				options: [
					{ value: "", label: "" },
					{ value: "Red", label: __("Red: now") },
					{ value: "Yellow", label: __("Yellow: soon") },
					{ value: "Green", label: __("Green: maintenance") },
				],
				default: "Yellow",
			},
			{
				fieldtype: "Select",
				fieldname: "pay_type",
				label: __("Who Pays"),
				options: ["Customer", "Warranty", "Internal"],
				default: "Customer",
				onchange: () => bring(),
			},
			{ fieldtype: "Float", fieldname: "hours", label: __("Hours"), default: 1 },
			{
				fieldtype: "Currency",
				fieldname: "rate",
				label: __("Rate per Hour"),
				options: "currency",
				description: __("Empty: the house rate"),
			},
		],
		label: __("Add Job"),
		missing: ({ title, labor_operation }) =>
			(title || "").trim() || labor_operation ? null : __("Choose an op code, or write the service."),
		sentence: (values) =>
			values.rate
				? fill(
						usual?.parts?.length
							? __("{0} with its parts. It waits for the customer's answer.")
							: __("{0}. It waits for the customer's answer."),
						[html`<b>${money(price(values), doc.currency)}</b>`]
				  )
				: "",
		submit: ({ asked_for, labor_operation, title, concern, severity, pay_type, hours, rate }) => {
			const values = { labor_operation, title, concern, severity, pay_type, hours };
			if (rate) values.rate = rate;
			return call("dealer_pos_crm.api.repair_order.recommend", {
				order: doc.name,
				values,
				asked_for: asked_for ? 1 : 0,
			});
		},
		done,
	});
	return dialog;
}
