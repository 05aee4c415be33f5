/** What a person does to a scenario besides typing in it. */

const METHODS = {
	get: "dealer_pos_crm.api.worksheet.get",
	recompute: "dealer_pos_crm.api.worksheet.recompute",
	create: "dealer_pos_crm.api.worksheet.create",
	save: "dealer_pos_crm.api.worksheet.save",
	choose: "dealer_pos_crm.api.worksheet.choose",
	remove: "dealer_pos_crm.api.worksheet.remove",
	ask: "dealer_pos_crm.api.worksheet.ask",
	withdraw: "dealer_pos_crm.api.worksheet.withdraw",
	approve: "dealer_pos_crm.api.worksheet.approve",
	reject: "dealer_pos_crm.api.worksheet.reject",
	new_version: "dealer_pos_crm.api.worksheet.new_version",
	renew: "dealer_pos_crm.api.worksheet.renew",
};

export const call = (name, args, options) => dealer.call(METHODS[name], args, options);

export function new_offer(deal, price, done) {
	if (price) return call("create", { deal }).then(done);
	return dealer.ask({
		title: __("New Offer"),
		fields: [
			{
				fieldtype: "Currency",
				fieldname: "price",
				label: __("Price of the Car"),
				reqd: 1,
				description: __("The car has no price on file"),
			},
		],
		label: __("Make Offer"),
		submit: (values) => call("create", { deal, values }),
		done,
	});
}

export function turn_down(column, done) {
	dealer.ask({
		title: __("Turn Down {0}", [column.draft.label]),
		fields: [
			{ fieldtype: "Small Text", fieldname: "note", label: __("What has to change"), reqd: 1 },
		],
		label: __("Turn Down"),
		danger: true,
		submit: ({ note }) => call("reject", { scenario: column.name, note }),
		done,
	});
}

export function approve(column, figures, done) {
	dealer.ask({
		title: __("Approve {0}", [column.draft.label]),
		fields: [
			{ fieldtype: "HTML", fieldname: "figures", options: String(figures) },
			{ fieldtype: "Small Text", fieldname: "note", label: __("Note") },
		],
		label: __("Approve"),
		submit: ({ note }) => call("approve", { scenario: column.name, note }),
		done,
	});
}

export function add_line(column, done) {
	dealer.ask({
		title: __("Add to {0}", [column.draft.label]),
		fields: [
			{
				fieldtype: "Select",
				fieldname: "kind",
				label: __("Kind"),
				reqd: 1,
				default: "Fee",
				options: ["Fee", "Accessory", "Discount", "Rebate"]
					.map((kind) => ({ value: kind, label: __(kind) })),
			},
			{ fieldtype: "Data", fieldname: "label", label: __("What"), reqd: 1 },
			{ fieldtype: "Currency", fieldname: "amount", label: __("Amount"), reqd: 1 },
			{
				fieldtype: "Check",
				fieldname: "taxable",
				label: __("Taxed"),
				default: 1,
				description: __("A rebate that is not ticked lowers what is paid, not what is taxed"),
			},
		],
		label: __("Add"),
		submit: async (values) => done(values),
	});
}

export function exempt(column, done) {
	dealer.ask({
		title: __("Sale Without Tax"),
		fields: [
			{
				fieldtype: "Data",
				fieldname: "reason",
				label: __("Why no tax is due"),
				default: column.draft.tax_exempt_reason,
				description: __("For example the number of a resale certificate. Empty: taxed as usual"),
			},
		],
		label: __("Apply"),
		submit: async ({ reason }) => done(reason || ""),
	});
}

export function confirm_remove(column, done) {
	dealer.ask({
		title: __("Remove {0}", [column.draft.label]),
		fields: [],
		label: __("Remove"),
		danger: true,
		sentence: () => __("{0} is taken off the worksheet for good.", [column.draft.label]),
		submit: () => call("remove", { scenario: column.name }),
		done,
	});
}
