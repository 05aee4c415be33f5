frappe.ui.form.on("User", { refresh: (frm) => dealer.lead?.user_form?.(frm) });
