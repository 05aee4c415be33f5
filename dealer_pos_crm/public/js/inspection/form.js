/** The inspection sheet, for a technician with a tablet: one tap a point, saved at once. */

import { ask } from "../desk/ask";
import { html, ours, trusted } from "../desk/html";
import { call } from "../desk/server";
import { sheet } from "./sheet";

const GET = { type: "GET" };
const METHODS = {
	others_green: "dealer_pos_crm.api.inspection.others_green",
	rate: "dealer_pos_crm.api.inspection.rate",
	recommend: "dealer_pos_crm.api.inspection.recommend",
	remark: "dealer_pos_crm.api.inspection.remark",
};
const KEYS = { g: "Green", y: "Yellow", r: "Red" };

export function setup(frm) {
	ours(frm);
	frm.set_query("template", () => ({ filters: { enabled: 1 } }));
	frm.set_query("repair_order", () => ({
		filters: { status: ["not in", ["Invoiced", "Closed", "Cancelled"]] },
	}));
}

export async function refresh(frm) {
	if (frm.is_new()) {
		if (frm.doc.repair_order) await begin(frm);
		return;
	}
	const wrapper = frm.fields_dict.sheet.$wrapper;
	if (wrapper.data("sheet") !== frm.doc.name) {
		wrapper.html(`<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>`);
		wrapper.data("sheet", frm.doc.name);
		frm.dlr_queue = Promise.resolve();
		frm.dlr_waiting = 0;
	}
	buttons(frm);
	if (frm.dlr_waiting) return; // what is on its way draws it
	const name = frm.doc.name;
	try {
		const shown = await call("dealer_pos_crm.api.inspection.get", { inspection: name }, GET);
		if (frm.doc.name === name) draw(frm, shown);
	} catch (refusal) {
		wrapper.html(
			String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`)
		);
	}
}

/** A repair order is all it takes: its sheet in work, or a new one from the usual template. */
export async function begin(frm) {
	if (!frm.is_new() || !frm.doc.repair_order || frm.dlr_begun === frm.doc.name) return;
	frm.dlr_begun = frm.doc.name;
	await start(frm.doc.repair_order, frm.doc.template, frm.doc.name);
}

export async function start(repair_order, template = null, draft = null) {
	try {
		const name = await call("dealer_pos_crm.api.inspection.start", { repair_order, template });
		if (draft) frappe.model.clear_doc("Vehicle Inspection", draft);
		frappe.set_route("Form", "Vehicle Inspection", name);
	} catch (refusal) {
		frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" });
	}
}

/** Among the buttons of a repair order. */
export function menu(frm) {
	if (!frappe.model.can_create("Vehicle Inspection")) return;
	if (["Invoiced", "Closed", "Cancelled"].includes(frm.doc.status)) return;
	frm.add_custom_button(__("Inspect"), () => start(frm.doc.name));
}

const may_write = (frm) => Boolean(frm.perm[0]?.write);

function buttons(frm) {
	const { page, doc } = frm;
	if (frm.is_dirty()) return; // ERPNext's own Save
	page.clear_primary_action();
	if (!may_write(frm)) return;
	if (doc.status === "In Work") {
		page.set_primary_action(__("Finish"), () => finish(frm));
	} else {
		frm.add_custom_button(__("Open Again"), () => reopen(frm));
	}
}

function draw(frm, shown) {
	frm.dlr_sheet = shown;
	frm.doc.modified = shown.modified; // it is saved with every tap; a note typed below is saved on top
	const wrapper = frm.fields_dict.sheet.$wrapper;
	const focused = wrapper.find(":focus").closest("[data-row]").data("row");
	wrapper.html(String(sheet(shown, may_write(frm))));
	listen(frm, wrapper);
	if (focused) wrapper.find(`[data-row='${focused}']`).trigger("focus");
}

function listen(frm, wrapper) {
	const row_of = (event) => event.currentTarget.closest("[data-row]").dataset.row;
	wrapper
		.off(".dlr")
		.on("click.dlr", "[data-colour]", (event) =>
			rate(frm, row_of(event), event.currentTarget.dataset.colour)
		)
		.on("click.dlr", "[data-dlr=others]", (event) => {
			const section = event.currentTarget.dataset.section ?? null;
			for (const point of frm.dlr_sheet.points) {
				if (!point.result && (section === null || point.section === section)) point.result = "Green";
			}
			send(frm, "others_green", section === null ? {} : { section });
		})
		.on("click.dlr", "[data-dlr=recommend]", (event) => {
			event.currentTarget.disabled = true;
			send(frm, "recommend", { row: row_of(event) });
		})
		.on("click.dlr", "[data-dlr=note]", (event) => note(frm, row_of(event)))
		.on("click.dlr", "[data-dlr=photo]", (event) => photo(frm, row_of(event)))
		.on("keydown.dlr", "[data-row]", (event) => by_key(frm, wrapper, event));
}

/** Arrows from point to point; G, Y and R give the colour and go on. */
function by_key(frm, wrapper, event) {
	if (event.target.matches("input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
	const rows = wrapper.find("[data-row]").get();
	const at = rows.indexOf(event.currentTarget);
	const go = (to) => rows[Math.max(0, Math.min(rows.length - 1, to))].focus();
	const colour = KEYS[event.key.toLowerCase()];
	if (colour && frm.dlr_sheet.status === "In Work" && may_write(frm)) {
		event.preventDefault();
		event.stopPropagation();
		const next = rows[Math.min(rows.length - 1, at + 1)].dataset.row;
		rate(frm, event.currentTarget.dataset.row, colour, true);
		wrapper.find(`[data-row='${next}']`).trigger("focus");
	} else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
		event.preventDefault();
		go(event.key === "ArrowDown" ? at + 1 : at - 1);
	}
}

const point_of = (frm, row) => frm.dlr_sheet.points.find((point) => point.row === row);

function rate(frm, row, colour, keep = false) {
	const point = point_of(frm, row);
	// A second tap on the same light takes it away.
	point.result = point.result === colour && !keep ? null : colour;
	const { counts, points } = frm.dlr_sheet;
	for (const [name, value] of [["red", "Red"], ["yellow", "Yellow"], ["green", "Green"], ["left", null]]) {
		counts[name] = points.filter((each) => each.result === value).length;
	}
	send(frm, "rate", { rows: [row], result: point.result });
}

/** Shown at once, sent one after the other; the last answer is what counts. */
function send(frm, method, args) {
	const name = frm.doc.name;
	frm.dlr_waiting += 1;
	draw(frm, frm.dlr_sheet);
	frm.dlr_queue = frm.dlr_queue.then(async () => {
		let shown = null;
		try {
			shown = await call(METHODS[method], { inspection: name, ...args });
		} catch (refusal) {
			frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" });
			shown = await call("dealer_pos_crm.api.inspection.get", { inspection: name }, GET).catch(() => null);
		}
		if (frm.doc.name !== name) return;
		frm.dlr_waiting -= 1;
		if (shown) {
			frm.doc.modified = shown.modified;
			if (!frm.dlr_waiting) draw(frm, shown);
		}
	});
	return frm.dlr_queue;
}

function note(frm, row) {
	const point = point_of(frm, row);
	ask({
		title: point.point,
		label: __("Save"),
		fields: [{ fieldtype: "Data", fieldname: "note", label: __("Note"), default: point.note }],
		submit: async (values) => {
			await frm.dlr_queue;
			return call("dealer_pos_crm.api.inspection.remark", { inspection: frm.doc.name, row, note: values.note || "" });
		},
		done: (shown) => draw(frm, shown),
	});
}

function photo(frm, row) {
	new frappe.ui.FileUploader({
		doctype: "Vehicle Inspection",
		docname: frm.doc.name,
		dialog_title: point_of(frm, row).point,
		allow_multiple: false,
		restrictions: { allowed_file_types: ["image/*"] },
		on_success: (file) => send(frm, "remark", { row, photo: file.file_url }),
	});
}

async function finish(frm) {
	await frm.dlr_queue;
	try {
		await call("dealer_pos_crm.api.inspection.finish", { inspection: frm.doc.name });
	} catch (refusal) {
		frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "orange" });
		return;
	}
	frm.reload_doc();
}

function reopen(frm) {
	return ask({
		title: __("Open {0} Again", [frm.doc.name]),
		label: __("Open Again"),
		fields: [{ fieldtype: "Data", fieldname: "reason", label: __("Reason"), reqd: 1 }],
		submit: ({ reason }) => call("dealer_pos_crm.api.inspection.reopen", { inspection: frm.doc.name, reason }),
		done: () => frm.reload_doc(),
	});
}
