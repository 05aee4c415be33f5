/** One line over the whole screen: who stands there, what is owed, held and promised. It unfolds. */

import { at, choose, clear, context, is_shown, on_customer } from "../pos/context";
import { safely } from "../pos/guarded";
import * as lines from "../pos/lines";
import { offered, register, run } from "../pos/registry";
import { call } from "../../desk/server";
import { Search } from "./search";
import { details, head, refused, skeleton } from "./draw";

const API = "dealer_pos_crm.api.counter.";

let element = null;
let search = null;
let data = null;
let failure = null;
let asked = 0; // an answer that is not the last one's is dropped
let found = null; // what the search was found by: a car, an order
let unfolded = false;

/** What the strip shows now; null while nobody is chosen or the answer is on its way. */
export const shown = () => data;

export function setup() {
	on_customer((customer) => (customer ? read(customer) : forget()));
	lines.on_vehicle(() => draw());
	register({
		id: "customer",
		label: __("Find Customer"),
		shortcut: "F2",
		order: 10,
		action: find,
	});
	register({
		id: "vehicle",
		label: __("Vehicle of the Sale or the Line"),
		shortcut: "Shift+F2",
		order: 11,
		needs_customer: true,
		action: () => lines.ask_car(),
	});
	register({
		id: "unfold",
		label: __("Unfold the Customer's Strip"),
		shortcut: "Shift+F4",
		order: 12,
		needs_customer: true,
		hidden: true,
		action: unfold,
	});
	$(window).on("resize", frappe.utils.debounce(() => element && fit(element), 200));
	$(document).on("click", (event) => {
		if (unfolded && element && !element[0].contains(event.target)) fold();
	});
}

/** Put the strip above ERPNext's screen; again when ERPNext makes its screen anew. */
export function mount(controller) {
	element?.remove();
	data = failure = found = null;
	asked += 1;
	element = $(
		`<div class="dlr-strip" role="region"><div class="dlr-strip-line"></div><div class="dlr-strip-more"></div></div>`
	).attr("aria-label", __("Customer"));
	element.insertBefore(controller.$components_wrapper);
	controller.$components_wrapper.addClass("dlr-with-strip");
	search = new Search(picked);
	element.on("click", "[data-act]", ({ currentTarget }) => safely("strip", () => act(currentTarget)));
	element.on("keydown", (event) => {
		if (event.key === "Escape" && unfolded) {
			event.stopPropagation();
			fold();
			element.find(".dlr-unfold").trigger("focus");
		}
	});
	draw();
}

/** Read the strip again: after a sale, a collection, a refund. */
export function refresh() {
	const { customer } = context();
	return customer ? read(customer, { quietly: true }) : undefined;
}

async function read(customer, { quietly = false } = {}) {
	const mine = ++asked;
	if (!quietly || data?.customer !== customer) {
		data = failure = null;
		fold();
		draw();
	}
	const { company, pos_profile } = context();
	try {
		const answer = await call(API + "strip", { customer, company, pos_profile }, { type: "GET" });
		if (mine !== asked) return;
		data = answer;
		failure = null;
	} catch (refusal) {
		if (mine !== asked) return;
		failure = refusal;
		data = null;
	}
	safely("garage", garage);
	draw();
}

function garage() {
	const cars = (data?.vehicles || []).map(({ name, title, plate }) => ({ name, title, plate }));
	if (found?.vehicle && !cars.some(({ name }) => name === found.vehicle.name)) cars.push(found.vehicle);
	lines.set_garage(cars);
	if (found?.vehicle && found.customer === data?.customer) {
		lines.choose_vehicle(cars.find(({ name }) => name === found.vehicle.name));
	}
}

function forget() {
	asked += 1;
	data = failure = found = null;
	unfolded = false;
	lines.set_garage([]);
	draw();
}

function draw() {
	if (!element) return;
	const line = element.find(".dlr-strip-line");
	const { customer } = context();
	if (!customer) {
		if (!search.in(line)) {
			line.empty();
			search.mount(line, { can_close: false });
		}
	} else if (failure) line.html(String(refused(failure)));
	else if (!data) line.html(String(skeleton()));
	else line.html(String(head(data, { acts: buttons(), found, vehicle: lines.vehicle(), unfolded })));
	fit(line);
	element.toggleClass("dlr-unfolded", unfolded && Boolean(data));
	element.find(".dlr-strip-more").html(unfolded && data ? String(details(data, { found })) : "");
}

/** What has no room in the line is not reached by Tab either; unfolded, all of it is there. */
function fit(line) {
	const facts = line.find(".dlr-strip-facts")[0];
	for (const fact of facts?.children || []) {
		fact.style.visibility = fact.offsetTop - facts.offsetTop >= facts.offsetHeight ? "hidden" : "";
	}
}

const buttons = () => offered().filter(({ primary, hidden }) => primary && !hidden);

function act({ dataset }) {
	const todo = {
		run: () => run(offered().find(({ id }) => id === dataset.id)),
		unfold: () => (unfolded ? fold() : unfold()),
		find: () => find(),
		again: () => read(context().customer),
		vehicle: () => {
			const car = lines.cars().find(({ name }) => name === dataset.name);
			lines.choose_vehicle(lines.vehicle()?.name === dataset.name ? null : car);
			element.find(`[data-act=vehicle][data-name="${CSS.escape(dataset.name)}"]`).trigger("focus");
		},
		open: () => frappe.set_route("Form", dataset.doctype, dataset.name),
		customer: () => choose(dataset.name),
		collect: () => dealer.counter.collect?.open?.({ doctype: dataset.doctype, name: dataset.name }),
		deposit: () => dealer.counter.deposit.open({ deposit: dataset.name }),
		card: () => dealer.card.take({ card_payment: dataset.name, done: refresh }),
	};
	return todo[dataset.act]?.();
}

function unfold() {
	if (!data) return;
	unfolded = true;
	draw();
	element.find(".dlr-unfold").trigger("focus");
}

function fold() {
	if (!unfolded) return;
	unfolded = false;
	draw();
}

/** The search has the focus while nobody is chosen; a dialog keeps it. */
export function focus() {
	if (!context().customer && search?.in(element) && is_shown() && !window.cur_dialog?.display) search.focus();
}

/** The search box: in the strip while nobody is chosen, over it to change the customer. */
function find() {
	if (!element) return;
	const line = element.find(".dlr-strip-line");
	fold();
	if (!search.in(line)) {
		line.empty();
		search.mount(line, { can_close: Boolean(context().customer), close: draw });
	}
	search.focus();
}

async function picked(row) {
	const { customer } = context();
	found = row.customer ? { customer: row.customer, ...what(row) } : null;
	if (!row.customer) {
		const car = row.found.find(({ doctype }) => doctype === "Dealer Vehicle");
		return car && frappe.set_route("Form", car.doctype, car.name);
	}
	if (row.customer === customer) {
		safely("garage", garage);
		return draw();
	}
	await choose(row.customer);
	draw();
	if (is_shown()) at().item_selector?.search_field?.set_focus();
}

/** The document and the car that the person named. */
function what(row) {
	const first = row.found.find(({ doctype }) => doctype) || {};
	const car = first.doctype === "Dealer Vehicle" ? { name: first.name, title: first.text.split(" · ")[0] } : null;
	return { vehicle: car, doctype: first.doctype, name: first.name };
}
