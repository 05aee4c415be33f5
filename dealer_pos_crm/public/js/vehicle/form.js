/** The Dealer Vehicle form: who holds it, who waits, and a VIN that is checked while it is typed. */

import { companies, usual_company } from "../desk/dealership";
import { html, fill, intro, link, ours, trusted } from "../desk/html";
import { call } from "../desk/server";
import { deadline, exact, when } from "../desk/words";
import { overview as stock } from "../stock/overview";
import { service } from "./service";
import { add_to_waiting_list } from "./waiting_list";

const GET = { type: "GET" };
const IN_STOCK = ["In Recon", "Front-line Ready", "On Hold"];

export function setup(frm) {
	ours(frm);
	frm.set_query("company", () => ({ filters: { name: ["in", companies()] } }));
	frm.can_make_methods = {
		Deposit: () => may_take(frm),
		"Dealer Vehicle Hold": () => false,
		"Customer Event": () => false,
		"Follow Up": () => false,
	};
	frm.make_methods = { Deposit: () => take_deposit(frm) };
	$(frm.wrapper).on("dirty", () => frm.page.clear_secondary_action());
}

export async function refresh(frm) {
	frm.dlr_state = null;
	watch_vin(frm);
	if (frm.is_new()) {
		stock(frm);
		const company = usual_company(frm.doc.company);
		if (company && company !== frm.doc.company) frm.set_value("company", company);
		return;
	}
	service(frm);
	stock(frm);
	const name = frm.doc.name;
	let state;
	try {
		state = await call("dealer_pos_crm.api.vehicle.get_state", { vehicle: name }, GET);
	} catch {
		return; // the fields say the same, only less well
	}
	if (frm.doc.name !== name) return;
	frm.dlr_state = state;
	banner(frm);
	primary(frm);
}

function banner(frm) {
	const { hold, waiting } = frm.dlr_state;
	intro(frm, "");
	if (!hold && !waiting.length) return;
	const lines = [];
	if (hold) {
		const { late } = deadline(hold.hold_until);
		lines.push(
			html`<div>
				${fill(
					late
						? __("Still held for {0}; the hold ended {1} ({2})")
						: __("Held for {0} until {2} ({1})"),
					[
						html`<b>${link("Customer", hold.customer, hold.customer_name)}</b>`,
						when(hold.hold_until),
						html`<b>${exact(hold.hold_until)}</b>`,
					]
				)}
				${hold.deposit ? html` · ${link("Deposit", hold.deposit)}` : ""}
			</div>`
		);
	}
	if (waiting.length) {
		const names = waiting.map(
			(row, at) =>
				html`${at ? ", " : ""}${link(
					"Dealer Vehicle Waitlist",
					row.name,
					row.customer_name
				)}`
		);
		lines.push(html`<div>${__("Waiting:")} ${names}</div>`);
	}
	intro(frm, html`${lines}`, hold ? "orange" : "blue");
}

function may_take(frm) {
	return (
		!frm.is_new() &&
		frappe.model.can_create("Deposit") &&
		IN_STOCK.includes(frm.doc.status) &&
		!frm.dlr_state?.hold
	);
}

function take_deposit(frm) {
	frappe.new_doc("Deposit", { vehicle: frm.doc.name, company: frm.doc.company });
}

/** In stock and free: a deposit. Held: the waiting list. Changed: ERPNext's own Save. */
function primary(frm) {
	if (frm.is_dirty()) return;
	const wait = () => add_to_waiting_list(frm.doc.name, frm.doc.title, () => frm.reload_doc());
	const may_wait =
		frappe.model.can_create("Dealer Vehicle Waitlist") && IN_STOCK.includes(frm.doc.status);
	if (may_take(frm)) {
		frm.page.set_primary_action(__("Take Deposit"), () => take_deposit(frm));
		if (may_wait) frm.add_custom_button(__("Add to Waiting List"), wait);
	} else if (frm.dlr_state.hold && may_wait) {
		frm.page.set_primary_action(__("Add to Waiting List"), wait);
	}
}

// The VIN

export function watch_vin(frm) {
	const field = frm.fields_dict.vin;
	if (!field.$input || field.dlr_watched) return;
	field.dlr_watched = true;
	const check = frappe.utils.debounce(() => check_vin(frm, field.$input.val()), 350);
	field.$input.attr("autocomplete", "off").attr("spellcheck", "false").on("input", check);
}

async function check_vin(frm, text) {
	const field = frm.fields_dict.vin;
	const typed = (text || "").trim();
	if (typed.length < 5) return say(field, "");
	let found;
	try {
		found = await call(
			"dealer_pos_crm.api.vehicle.check_vin",
			{ vin: typed, vehicle: frm.is_new() ? null : frm.doc.name },
			GET
		);
	} catch {
		return say(field, "");
	}
	if (field.$input.val().trim() !== typed) return; // typed on meanwhile
	say(field, verdict(found, frm.doctype));
	field.$wrapper.find("[data-dlr=use-vin]").on("click", () => {
		frm.set_value("vin", found.suggestion);
		check_vin_now(frm, found.suggestion);
	});
	if (!found.problems.length && !found.on_file) hint(frm, found);
}

function check_vin_now(frm, text) {
	setTimeout(() => check_vin(frm, text), 50);
}

function verdict(found, doctype) {
	if (found.on_file) {
		// A car somebody offers may well be on file; a new Dealer Vehicle may not.
		return html`<span class="${doctype === "Dealer Vehicle" ? "dlr-red" : ""}"
			>${fill(__("Already on file: {0}"), [
				link("Dealer Vehicle", found.on_file.name, found.on_file.title),
			])}</span
		>`;
	}
	const missing = 17 - found.vin.length;
	if (missing > 0 && found.problems.every((row) => row.code === "vin_length")) {
		return missing === 1 ? __("1 more character") : __("{0} more characters", [missing]);
	}
	const problem = found.problems[0];
	if (problem) {
		const tone = problem.severity === "Error" ? "dlr-red" : "dlr-orange";
		const use = found.suggestion
			? html` <button type="button" class="btn btn-xs btn-default" data-dlr="use-vin">
					${__("Use {0}", [found.suggestion])}
			  </button>`
			: "";
		return html`<span class="${tone}">${trusted(problem.message)}</span>${use}`;
	}
	const hints = [found.year, found.make, found.country].filter(Boolean).join(" · ");
	return html`<span class="dlr-green">${__("The check digit fits")}</span>${
		hints ? ` · ${hints}` : ""
	}`;
}

function say(field, text) {
	field.$wrapper.find(".dlr-vin").remove();
	if (!String(text)) return;
	$(String(html`<div class="dlr-vin dlr-small" role="status">${text}</div>`)).appendTo(
		field.$wrapper.find(".control-input-wrapper")
	);
}

/** Year and make out of the VIN, where nobody has written another. */
function hint(frm, found) {
	if (found.make && !frm.doc.make) frm.set_value("make", found.make);
	if (found.year && !frm.doc.model_year) frm.set_value("model_year", found.year);
}
