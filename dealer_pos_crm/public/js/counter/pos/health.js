/** Whether ERPNext's point of sale is as we know it; else the till stays plain, and says so once. */

import { call } from "../../desk/server";

const REPORT = "dealer_pos_crm.api.counter_health.report";

/** All that we call or stand around, by class. */
const USED = {
	Controller: [
		"make_app",
		"prepare_menu",
		"prepare_components",
		"make_new_invoice",
		"get_item_from_frm",
		"update_cart_html",
	],
	ItemCart: [
		"load_invoice",
		"make_customer_selector",
		"reset_customer_selector",
		"update_customer_section",
		"get_cart_item",
		"render_cart_item",
	],
	Payment: ["checkout", "edit_cart"],
};

/** Names of what is not there, before the screen is made. */
export function missing() {
	const classes = window.erpnext?.PointOfSale || {};
	return Object.entries(USED).flatMap(([name, methods]) =>
		methods
			.filter((method) => typeof classes[name]?.prototype?.[method] !== "function")
			.map((method) => `${name}.${method}`)
	);
}

/** The same of the screen once it stands. */
export function missing_parts(controller) {
	const parts = {
		"Controller.cart": controller.cart,
		"Controller.payment": controller.payment,
		"Controller.page.add_menu_item": controller.page?.add_menu_item,
		"Controller.$components_wrapper": controller.$components_wrapper?.length,
		"ItemCart.$customer_section": controller.cart?.$customer_section?.length,
		"ItemCart.$cart_items_wrapper": controller.cart?.$cart_items_wrapper?.length,
	};
	return Object.keys(parts).filter((name) => !parts[name]);
}

let told = false;

/** One notice for the cashier, one line for the administrator. */
export function plain_till(names) {
	if (!told) {
		told = true;
		frappe.msgprint({
			title: __("Dealership Counter"),
			indicator: "orange",
			message: __(
				"This version of ERPNext's point of sale is new to the dealership's part, which is switched off here. Sales work as usual; collect and take deposits on their forms. The administrator is told."
			),
		});
	}
	return report(names);
}

/** ERPNext's screen cannot even be asked which POS Profile it has: the server knows. */
export async function unknown(names) {
	const answer = await report(names);
	if (answer?.counter) plain_till(names);
}

const reported = new Set();

export function report(names, detail = "") {
	const key = names.join();
	if (reported.has(key)) return Promise.resolve(null);
	reported.add(key);
	return call(REPORT, { missing: names, detail: String(detail).slice(0, 2000) }).catch(() => null);
}
