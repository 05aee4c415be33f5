/** The Dealership tab of a Customer: there where a company is a dealership, filled when somebody looks at it. */

import { is_dealership, my_company } from "../desk/dealership";

const HASH = "#dealership";

export function setup(frm) {
	for (const field of ["dealer_sales_owner", "dealer_service_owner", "dealer_bdc_owner"]) {
		frm.set_query(field, () => ({ filters: { enabled: 1, user_type: "System User" } }));
	}
}

export function refresh(frm) {
	cash(frm);
	const tab = frm.layout.tabs.find((found) => found.df.fieldname === "dealer_tab");
	if (!tab) return;
	tab.df.hidden = frm.is_new() || !is_dealership() ? 1 : 0;
	tab.refresh();
	if (tab.df.hidden) return;
	if (!tab.dlr_watched) {
		tab.dlr_watched = true;
		tab.tab_link
			.find(".nav-link")
			.on("shown.bs.tab", () => show(frm))
			.on("hidden.bs.tab", () => address(""));
	}
	if (window.location.hash === HASH && !tab.is_active()) tab.set_active();
	else if (tab.is_active()) show(frm);
}

/** Cash over $10,000 (Form 8300): who pays is recorded before more is taken. */
function cash(frm) {
	const company = my_company();
	if (frm.is_new() || !company || !frappe.model.can_create("Payment Entry")) return;
	const about = { customer: frm.doc.name, customer_name: frm.doc.customer_name, company };
	const counter = () => frappe.require("dealer_counter.bundle.js");
	frm.add_custom_button(
		__("Record Payer"),
		() => counter().then(() => dealer.counter.cash_report.enter(about)),
		__("Cash")
	);
	if (!frappe.model.can_write("Cash Report")) return;
	frm.add_custom_button(
		__("Suspicious Payments"),
		() => counter().then(() => dealer.counter.cash_report.volunteer(about)),
		__("Cash")
	);
}

/** The address names the tab, so that a reload or a shared link shows the same. */
function address(hash) {
	const { pathname, search } = window.location;
	window.history.replaceState(window.history.state, "", pathname + (hash ? search : "") + hash);
}

async function show(frm) {
	if (frm.is_new()) return;
	if (window.location.hash !== HASH) address(HASH);
	if (!dealer.CustomerTab) await frappe.require("customer_overview.bundle.js");
	frm.dlr_tab ||= new dealer.CustomerTab(frm.fields_dict.dealer_overview.$wrapper.get(0));
	frm.dlr_tab.show(frm.doc.name);
}
