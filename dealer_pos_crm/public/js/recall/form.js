/** Recalls: settled by a person, looked up by the background, read from a file. */

import { ask } from "../desk/ask";
import { fill, html, intro, link, ours, trusted } from "../desk/html";
import { again } from "../desk/list";
import { call } from "../desk/server";
import { when } from "../desk/words";

const COLORS = { Open: "orange", Done: "green", "Not Applicable": "gray" };

export function color_of(doc) {
	return doc.status === "Open" && (doc.do_not_drive || doc.park_outside) ? "red" : COLORS[doc.status];
}

export function words_of(doc) {
	if (doc.status === "Open" && doc.do_not_drive) return __("Open, do not drive");
	if (doc.status === "Open" && doc.park_outside) return __("Open, park outside");
	return __(doc.status);
}

export function setup(frm) {
	ours(frm);
}

export function refresh(frm) {
	const { doc } = frm;
	frm.toggle_display("vehicle_title", false); // the link shows it
	if (frm.is_new()) return;
	tell(frm);
	if (!frm.perm[0]?.write) return;
	if (doc.status !== "Open") {
		frm.add_custom_button(__("Open Again"), () => settle(frm, "Open", {}));
		return;
	}
	if (!frm.is_dirty()) frm.page.set_primary_action(__("Done"), () => done(frm));
	frm.add_custom_button(__("Not Applicable"), () => not_applicable(frm));
}

function tell(frm) {
	const { doc } = frm;
	if (doc.status === "Open") {
		const stop = doc.do_not_drive || doc.park_outside;
		intro(
			frm,
			html`${stop ? html`<b>${doc.do_not_drive ? __("Do not drive.") : __("Park outside.")}</b> ` : ""}${__(
				"The campaign is for this make, model and year. Check the VIN with the manufacturer before the work."
			)}`,
			stop ? "red" : "orange"
		);
		return;
	}
	intro(
		frm,
		html`${__(doc.status)}${doc.repair_order ? html` · ${link("Repair Order", doc.repair_order)}` : ""}
		${doc.reason ? html` · ${doc.reason}` : ""} · ${when(doc.settled_on)}`,
		COLORS[doc.status]
	);
}

function done(frm) {
	return ask({
		title: __("Recall {0} Done", [frm.doc.campaign]),
		label: __("Done"),
		fields: [
			{
				fieldtype: "Link",
				fieldname: "repair_order",
				label: __("On Repair Order"),
				options: "Repair Order",
				get_query: () => ({ filters: { vehicle: frm.doc.vehicle } }),
			},
			{ fieldtype: "Data", fieldname: "reason", label: __("Or where it was done") },
		],
		missing: (values) =>
			values.repair_order || (values.reason || "").trim().length >= 3
				? null
				: __("Choose the repair order, or say where it was done."),
		submit: (values) => call("dealer_pos_crm.api.recall.settle", { recall: frm.doc.name, status: "Done", ...values }),
		done: () => frm.reload_doc(),
	});
}

function not_applicable(frm) {
	return ask({
		title: __("Recall {0} Is Not Applicable", [frm.doc.campaign]),
		label: __("Not Applicable"),
		fields: [{ fieldtype: "Data", fieldname: "reason", label: __("Why"), reqd: 1 }],
		submit: (values) =>
			call("dealer_pos_crm.api.recall.settle", { recall: frm.doc.name, status: "Not Applicable", ...values }),
		done: () => frm.reload_doc(),
	});
}

async function settle(frm, status, values) {
	try {
		await call("dealer_pos_crm.api.recall.settle", { recall: frm.doc.name, status, ...values });
	} catch (refusal) {
		frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" });
	}
	frm.reload_doc();
}

/** A CSV or JSON file of recalls: what came of it, and which lines could not be read. */
export function import_file(listview) {
	new frappe.ui.FileUploader({
		dialog_title: __("Import Recalls"),
		allow_multiple: false,
		make_attachments_public: false,
		restrictions: { allowed_file_types: [".csv", ".json", "text/csv", "application/json"] },
		on_success: async (file) => {
			let found;
			try {
				found = await call("dealer_pos_crm.api.recall.import_file", { file_url: file.file_url });
			} catch (refusal) {
				frappe.msgprint({
					title: refusal.title || __("The file cannot be read"),
					message: refusal.message,
					indicator: "red",
				});
				return;
			}
			report(found);
			again(listview);
		},
	});
}

function report(found) {
	const bad = found.wrong_count + found.unknown_count;
	frappe.msgprint({
		title: __("Recalls Imported"),
		indicator: bad ? "orange" : "green",
		message: String(html`
			<p>
				${__("{0} lines read, {1} recalls are new, {2} were marked done or not applicable.", [
					found.lines,
					found.new,
					found.settled,
				])}
			</p>
			${found.wrong_count
				? html`<p><b>${__("{0} lines could not be read:", [found.wrong_count])}</b></p>
						<ul>
							${found.wrong.map(
								(row) => html`<li>${fill(__("Line {0}: {1}"), [row.line, trusted(row.why)])}</li>`
							)}
						</ul>`
				: ""}
			${found.unknown_count
				? html`<p>
						<b>${__("{0} VINs are not on file:", [found.unknown_count])}</b>
						${found.unknown.join(", ")}
				  </p>`
				: ""}
		`),
	});
}

// The lookups themselves

const LOOKUP_COLORS = { Queued: "blue", Sent: "blue", Done: "green", Failed: "red" };

export const lookup_color = (status) => LOOKUP_COLORS[status] || "gray";

export function refresh_lookup(frm) {
	frm.disable_save();
	if (frm.doc.error) intro(frm, html`${frm.doc.error}`, "red");
	if (frm.doc.status === "Sent" || !frappe.model.can_create("Vehicle Recall")) return;
	frm.add_custom_button(__("Try Again"), async () => {
		try {
			await call("dealer_pos_crm.api.recall.try_again", { recall_lookup: frm.doc.name });
			frappe.show_alert({ message: __("It is asked in the background"), indicator: "blue" });
		} catch (refusal) {
			frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" });
		}
		frm.reload_doc();
	});
}
