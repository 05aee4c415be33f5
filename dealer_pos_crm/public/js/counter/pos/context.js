/** Where one stands: the counter, its shift, and the customer of the sale. */

import { safely } from "./guarded";

let controller = null;
let customer = null;
const listeners = [];

export function enter(one) {
	controller = one;
	customer = null;
}

/** ERPNext's controller of the screen; null away from a counter. */
export const at = () => controller;

export const is_shown = () =>
	Boolean(controller?.$components_wrapper?.is(":visible") && frappe.get_route()[0] === "point-of-sale");

/** Where one stands: `customer` is null while none is chosen; all is null away from a counter. */
export function context() {
	const doc = controller?.frm?.doc;
	return {
		company: doc?.company || controller?.company || null,
		pos_profile: controller?.pos_profile || null,
		shift: controller?.pos_opening || null,
		customer: doc?.customer || null,
		currency: doc?.currency || null,
	};
}

/** `listener(customer)` whenever the sale gets another customer, or none. */
export function on_customer(listener) {
	listeners.push(listener);
}

/** Compare with the sale; tells the listeners when the customer is another one. */
export function look() {
	const now = context().customer;
	if (now === customer) return;
	customer = now;
	for (const listener of listeners) safely("customer", () => listener(now));
}

/** Whether the cart is open for changes; `checkout` closes it until Edit Cart. */
export function may_change() {
	return controller?.frm?.doc?.docstatus === 0 && !controller.payment?.$component?.is(":visible");
}

/** Put a customer into ERPNext's own cart. A sale that is done gives way to a new one. */
export async function choose(name) {
	if (!controller || context().customer === name) return;
	if (controller.payment?.$component?.is(":visible")) {
		frappe.show_alert({ message: __("Edit the cart first, then choose the customer."), indicator: "orange" });
		return;
	}
	if (controller.frm.doc.docstatus !== 0 || !controller.cart.$component.is(":visible")) await new_sale();
	controller.cart.make_customer_selector();
	await controller.cart.customer_field.set_value(name);
	await until(() => context().customer === name);
	look();
}

async function new_sale() {
	if (controller.recent_order_list?.$component?.is(":visible")) controller.toggle_recent_order_list(false);
	if (controller.frm.doc.docstatus !== 0) {
		controller.order_summary.toggle_component?.(false);
		await controller.make_new_invoice();
		controller.item_selector.toggle_component(true);
		controller.cart.enable_customer_selection?.();
	}
}

/** Take the customer out of the sale again. */
export function clear() {
	if (!controller || !may_change()) return;
	controller.cart.reset_customer_selector();
	look();
}

export function until(holds, ms = 5000) {
	return new Promise((resolve) => {
		const end = Date.now() + ms;
		(function ask() {
			if (holds() || Date.now() > end) return resolve(holds());
			setTimeout(ask, 50);
		})();
	});
}
