frappe.ui.form.on("Commission Plan", {
	setup(frm) {
		frm.set_query("company", () => ({ filters: { name: ["in", dealer.companies()] } }));
		for (const [field, root_type] of [
			["expense_account", "Expense"],
			["payable_account", "Liability"],
		]) {
			frm.set_query(field, () => ({
				filters: { company: frm.doc.company, root_type, is_group: 0, disabled: 0 },
			}));
		}
		frm.set_query("user", "people", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},
});
