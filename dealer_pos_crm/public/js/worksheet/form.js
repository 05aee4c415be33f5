/** The worksheet's place in the form of a deal. */

export async function show(frm) {
	const place = frm.fields_dict.worksheet;
	if (!place || frm.is_new()) return;
	if (!dealer.DealWorksheet) await frappe.require("deal_worksheet.bundle.js");
	// What is chosen or approved there is written to the deal behind the form's back.
	frm.dlr_worksheet ||= new dealer.DealWorksheet(place.$wrapper.get(0), () => frm.reload_doc());
	frm.dlr_worksheet.show(frm.doc.name);
}

/** A product that was sold is cancelled: the day, why, and the refund that follows from the days left. */
export function cancel_product(frm, row) {
	let suggested = null;
	const dialog = dealer.ask({
		title: __("Cancel {0}", [row.product]),
		fields: [
			{
				fieldtype: "Date",
				fieldname: "on",
				label: __("Cancelled On"),
				reqd: 1,
				default: frappe.datetime.get_today(),
				onchange: () => suggest(),
			},
			{
				fieldtype: "Currency",
				fieldname: "refund",
				label: __("Refund"),
				options: frm.doc.currency,
				description: __("By the days that are left of its term; change it if the provider says so"),
			},
			{ fieldtype: "Small Text", fieldname: "reason", label: __("Reason"), reqd: 1 },
		],
		label: __("Cancel Product"),
		danger: true,
		submit: (values) =>
			dealer.call("dealer_pos_crm.api.worksheet.cancel_product", {
				deal: frm.doc.name,
				row: row.name,
				...values,
			}),
		done: () => frm.reload_doc(),
	});
	async function suggest() {
		const on = dialog?.get_value("on") || frappe.datetime.get_today();
		const found = await dealer.call(
			"dealer_pos_crm.api.worksheet.refund_of",
			{ deal: frm.doc.name, row: row.name, on },
			{ type: "GET" }
		);
		const now = flt(dialog.get_value("refund"));
		if (suggested === null || now === suggested) dialog.set_value("refund", found);
		suggested = found;
	}
	suggest();
}

export function setup() {
	frappe.ui.form.on("Deal Jacket", {
		refresh(frm) {
			show(frm);
			const sold = (frm.doc.products || []).filter((row) => row.status === "Sold");
			if (!frm.is_new() && sold.length && frappe.model.can_write("FnI Product")) {
				for (const row of sold) {
					frm.add_custom_button(
						row.product,
						() => cancel_product(frm, row),
						__("Cancel Product")
					);
				}
			}
		},
	});
}
