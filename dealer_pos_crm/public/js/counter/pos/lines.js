/** Which car a part is sold for: chosen once, put on each line as it is added, changed line by line. */

import { html } from "../../desk/html";
import { at, may_change } from "./context";
import { fault, safely } from "./guarded";

let chosen = null; // the car of the lines to come
let garage = []; // cars of the customer: {name, title}
const listeners = [];

export const vehicle = () => chosen;

export function on_vehicle(listener) {
	listeners.push(listener);
}

/** The car of the lines to come; null for none. */
export function choose_vehicle(car) {
	chosen = car ? { name: car.name, title: car.title || car.name } : null;
	for (const listener of listeners) safely("vehicle", () => listener(chosen));
}

/** The cars of the customer of this sale. Lines keep no car of the customer before. */
export function set_garage(cars) {
	garage = cars;
	if (chosen && !garage.some(({ name }) => name === chosen.name)) choose_vehicle(null);
	if (!at() || !may_change()) return;
	for (const row of at().frm.doc.items || []) {
		if (row.dealer_vehicle && !garage.some(({ name }) => name === row.dealer_vehicle)) set_on(row, null);
	}
}

export const cars = () => garage;

/** A car that is not the customer's own: one in stock, found by its VIN. */
export function add_car(car) {
	if (!garage.some(({ name }) => name === car.name)) garage.push(car);
	choose_vehicle(car);
}

/** A new line of the sale. */
export function added(_frm, cdt, cdn) {
	const row = frappe.get_doc(cdt, cdn);
	if (chosen && row && !row.dealer_vehicle) row.dealer_vehicle = chosen.name;
}

/** Stands around ERPNext's search for the line that an item adds to: another car, another line. */
export function same_line(next, item, ...rest) {
	const row = next();
	if (item?.name || !row?.name || of(row) === (chosen?.name || null)) return row;
	const twin = this.frm.doc.items.find(
		(other) =>
			other.item_code === row.item_code &&
			other.uom === row.uom &&
			other.price_list_rate === row.price_list_rate &&
			(other.batch_no || null) === (row.batch_no || null) &&
			of(other) === (chosen?.name || null)
	);
	return twin || {};
}

const of = (row) => row.dealer_vehicle || null;

export async function set_on(row, car) {
	await frappe.model.set_value(row.doctype, row.name, "dealer_vehicle", car?.name || null);
	const controller = at();
	if (controller.frm.doc.items.some(({ name }) => name === row.name)) controller.update_cart_html(row);
}

/** Stands around the drawing of a line: its car, on which one changes it. */
export function drawn(next, row, $item) {
	const made = next();
	try {
		if (!row || (!row.dealer_vehicle && !garage.length)) return made;
		const line = at().cart.get_cart_item(row);
		const title = garage.find(({ name }) => name === row.dealer_vehicle)?.title || row.dealer_vehicle;
		const tag = $(
			String(html`<button type="button" class="dlr-line-car ${title ? "" : "dlr-none"}"
				title="${__("Change the vehicle of this line")}"
				>${title || __("No vehicle")}</button>`)
		);
		tag.on("click", (event) => {
			event.stopPropagation();
			safely("line", () => ask_car({ row }));
		});
		line.find(".item-name-desc").append(tag);
	} catch (error) {
		fault("line", error);
	}
	return made;
}

/** The line that is open in the cart; else none. */
function open_line() {
	const controller = at();
	const name = controller.item_details?.$component?.is(":visible") && controller.item_details.current_item?.name;
	return name ? controller.frm.doc.items.find((row) => row.name === name) : null;
}

/** Choose by arrow keys and Enter: for one line, else for those to come and those that have none. */
export function ask_car({ row = open_line() } = {}) {
	if (!garage.length) {
		frappe.show_alert({ message: __("No vehicle is known of this customer."), indicator: "orange" });
		return;
	}
	const now = row ? of(row) : chosen?.name || null;
	const options = [...garage, { name: null, title: __("No vehicle") }];
	const dialog = new frappe.ui.Dialog({
		title: row ? __("Vehicle of {0}", [row.item_name || row.item_code]) : __("Vehicle of This Sale"),
		size: "small",
		fields: [{ fieldtype: "HTML", fieldname: "cars" }],
	});
	dialog.$wrapper.addClass("dlr-cars");
	const area = dialog.fields_dict.cars.$wrapper.html(
		String(html`<div role="listbox" aria-label="${__("Vehicle")}">
			${options.map(
				(car, at) => html`<button type="button" role="option" class="dlr-option" data-at="${at}"
					aria-selected="${String(car.name === now)}">
					<span>${car.title}</span><span class="text-muted">${car.plate || ""}</span>
				</button>`
			)}
		</div>`)
	);
	const buttons = area.find("button");
	buttons.on("click", ({ currentTarget }) => {
		const car = options[currentTarget.dataset.at];
		dialog.hide();
		safely("vehicle", () => apply(row, car.name ? car : null));
	});
	area.on("keydown", (event) => {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (!step) return;
		event.preventDefault();
		buttons.get((buttons.index(document.activeElement) + step + buttons.length) % buttons.length).focus();
	});
	dialog.$wrapper.one("shown.bs.modal", () => {
		const selected = area.find("[aria-selected=true]");
		(selected.length ? selected : buttons).first().trigger("focus");
	});
	dialog.onhide = () => setTimeout(() => dialog.$wrapper.remove(), 500);
	dialog.show();
}

async function apply(row, car) {
	if (row) return set_on(row, car);
	choose_vehicle(car);
	if (!car || !may_change()) return;
	for (const line of at().frm.doc.items || []) if (!line.dealer_vehicle) await set_on(line, car);
}
