frappe.listview_settings["Deposit"] = {
	hide_name_column: dealer.list.is_narrow(),
	add_fields: [
		"status",
		"amount",
		"held_amount",
		"currency",
		"hold_until",
		"vehicle",
		"held_for",
	],
	onload: (listview) => dealer.list.wide(listview, 6),
	get_indicator: (doc) => [
		__(doc.status),
		dealer.deposit.color_of(doc.status),
		`status,=,${doc.status}`,
	],
	formatters: {
		// Drafts hold nothing yet: what is agreed is shown instead, and called so.
		held_amount(value, df, doc) {
			if (doc.status !== "Draft") return dealer.money(value, doc.currency);
			return dealer.html`<span class="text-muted">${__("to take {0}", [
				dealer.money(doc.amount, doc.currency),
			])}</span>`;
		},
		hold_until(value, df, doc) {
			return dealer.deposit.holds_money(doc) ? dealer.until(value) : dealer.quiet(value);
		},
	},
};
