/** The papers' places in the form of a deal. */

import * as checklist from "./checklist";
import * as compliance from "./compliance";

export function show(frm) {
	if (frm.is_new()) return;
	checklist.show(frm);
	compliance.show(frm);
}

/** To be called once. */
export function setup() {
	frappe.ui.form.on("Deal Jacket", {
		refresh(frm) {
			show(frm);
			if (frm.is_new()) return;
			const group = __("Create");
			if (frappe.model.can_create("We Owe") && frm.doc.stage !== "Lost")
				frm.add_custom_button(
					__("We Owe"),
					() => frappe.new_doc("We Owe", { deal: frm.doc.name }),
					group
				);
		},
	});
}
