/** The Dealership tab of a Customer: there where a company is a dealership, filled when somebody looks at it. */

import { is_dealership } from "../desk/dealership";

export function setup(frm) {
	for (const field of ["dealer_sales_owner", "dealer_service_owner", "dealer_bdc_owner"]) {
		frm.set_query(field, () => ({ filters: { enabled: 1, user_type: "System User" } }));
	}
}

export function refresh(frm) {
	const tab = frm.layout.tabs.find((found) => found.df.fieldname === "dealer_tab");
	if (!tab) return;
	tab.df.hidden = frm.is_new() || !is_dealership() ? 1 : 0;
	tab.refresh();
	if (tab.df.hidden) return;
	if (!tab.dlr_watched) {
		tab.dlr_watched = true;
		tab.tab_link.find(".nav-link").on("shown.bs.tab", () => show(frm));
	}
	if (tab.is_active()) show(frm);
}

async function show(frm) {
	if (frm.is_new()) return;
	if (!dealer.CustomerTab) await frappe.require("customer_overview.bundle.js");
	frm.dlr_tab ||= new dealer.CustomerTab(frm.fields_dict.dealer_overview.$wrapper.get(0));
	frm.dlr_tab.show(frm.doc.name);
}
