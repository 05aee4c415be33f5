/** The inbox of leads: what a message says, why it failed, and the ways on. */

import { ask } from "../desk/ask";
import { companies, usual_company } from "../desk/dealership";
import { fill, html, intro, link, ours, pill } from "../desk/html";
import { call } from "../desk/server";
import { when } from "../desk/words";

const GET = { type: "GET" };
const COLORS = { Received: "blue", Done: "green", Duplicate: "gray", Failed: "red", Ignored: "gray" };

export const color_of = (status) => COLORS[status] || "gray";

export function setup(frm) {
	ours(frm);
}

export function refresh(frm) {
	const { doc } = frm;
	frm.disable_save();
	frm.page.clear_primary_action();
	tell(frm);
	read(frm);
	if (doc.lead) {
		frm.page.set_primary_action(__("Open Lead"), () => frappe.set_route("Form", "Lead", doc.lead));
	}
	if (!frm.perm[0]?.write || !["Received", "Failed", "Ignored"].includes(doc.status)) return;
	frm.page.set_primary_action(__("Retry"), () => retry([doc.name], () => frm.reload_doc()));
	if (frappe.model.can_create("Lead")) {
		frm.add_custom_button(__("Make Lead by Hand"), () => by_hand(frm));
	}
	if (doc.status !== "Ignored") frm.add_custom_button(__("Ignore"), () => ignore(frm));
}

function tell(frm) {
	const { doc } = frm;
	const texts = {
		Received: __("Kept, and about to be read."),
		Done: fill(__("Became {0}"), [link("Lead", doc.lead)]),
		Duplicate: doc.lead
			? fill(__("The same message came before: {0}, which became {1}"), [
					link("Lead Intake", doc.same_as, `#${doc.same_as}`),
					link("Lead", doc.lead),
			  ])
			: fill(__("The same message is here: {0}"), [
					link("Lead Intake", doc.same_as, `#${doc.same_as}`),
			  ]),
		Failed: html`<b>${__("No lead came of this.")}</b> ${doc.reason || ""}`,
		Ignored: html`<b>${__("Nothing is to come of this.")}</b> ${doc.reason || ""}`,
	};
	const colors = { Failed: "red", Received: "blue", Done: "green" };
	intro(frm, html`${texts[doc.status] || ""}`, colors[doc.status] || "gray");
	frm.toggle_display("why_section", false); // said above
}

async function read(frm) {
	const name = frm.doc.name;
	const area = frm.fields_dict.reading.$wrapper;
	if (area.data("of") !== name) {
		area.data("of", name).html('<div class="dlr-lead dlr-skeleton"></div>');
	}
	let told;
	try {
		told = await call("dealer_pos_crm.api.lead.get_reading", { name }, GET);
	} catch (refusal) {
		return area.html(String(html`<div class="dlr-small">${refusal.message}</div>`));
	}
	if (frm.doc.name !== name) return;
	frm.dlr_read = told;
	area.html(
		String(html`<div class="dlr-lead">
			${told.notes.map(
				(note) => html`<div class="dlr-note dlr-note-orange"><div>${note}</div></div>`
			)}
			${told.rows.length
				? html`<table class="dlr-lead-facts">
						<tbody>
							${told.rows.map(
								(row) => html`<tr>
									<th scope="row">${row.label}</th>
									<td class="dlr-lead-text">${row.text}</td>
								</tr>`
							)}
						</tbody>
				  </table>`
				: ""}
		</div>`)
	);
}

/** Read messages again; what came of each is told when it is more than one. */
export async function retry(names, done) {
	frappe.dom.freeze(__("Reading…"));
	try {
		const told = await call("dealer_pos_crm.api.lead.retry", { names });
		frappe.dom.unfreeze();
		if (names.length > 1) outcomes(__("Read Again"), told, names.length - told.length);
		else if (told[0].status === "Done") {
			frappe.show_alert({ message: __("Became {0}", [told[0].lead]), indicator: "green" });
		}
		done?.(told);
	} catch (refusal) {
		frappe.dom.unfreeze();
		frappe.msgprint({ title: refusal.title, message: refusal.message, indicator: "red" });
	}
}

function outcomes(title, rows, more = 0) {
	frappe.msgprint({
		title,
		wide: true,
		message: String(html`<table class="dlr-lead-facts">
				<tbody>
					${rows.map(
						(row) => html`<tr>
							<th scope="row">${row.file || `#${row.name}`}</th>
							<td>${pill(__(row.status), color_of(row.status))}</td>
							<td>
								${row.subject}
								<div class="dlr-small">
									${row.lead ? link("Lead", row.lead) : row.reason || ""}
									${link("Lead Intake", row.name, __("message {0}", [row.name]))}
								</div>
							</td>
						</tr>`
					)}
				</tbody>
			</table>
			${more > 0
				? html`<div class="dlr-small">${__("{0} more are read in the background.", [more])}</div>`
				: ""}`),
	});
}

function ignore(frm) {
	ask({
		title: __("Ignore Message"),
		fields: [{ fieldtype: "Small Text", fieldname: "note", label: __("Why"), reqd: 1 }],
		label: __("Ignore"),
		sentence: () => __("The message stays on file; no lead comes of it."),
		submit: ({ note }) => call("dealer_pos_crm.api.lead.ignore", { name: frm.doc.name, note }),
		done: () => frm.reload_doc(),
	});
}

function by_hand(frm) {
	const read = frm.dlr_read?.values || {};
	const fields = [
		["first_name", __("First Name")],
		["last_name", __("Last Name")],
		["company_name", __("Company They Ask For")],
		null,
		["email_id", __("E-mail")],
		["mobile_no", __("Mobile")],
		["phone", __("Phone")],
	].map((row) =>
		row
			? { fieldtype: "Data", fieldname: row[0], label: row[1], default: read[row[0]] }
			: { fieldtype: "Column Break" }
	);
	ask({
		title: __("Make Lead by Hand"),
		fields: [
			...fields,
			{ fieldtype: "Section Break" },
			{ fieldtype: "Data", fieldname: "dealer_wanted", label: __("Wants"), default: read.dealer_wanted },
			{ fieldtype: "Small Text", fieldname: "dealer_comments", label: __("What They Wrote"), default: read.dealer_comments },
			{
				fieldtype: "Link",
				fieldname: "company",
				options: "Company",
				label: __("Company"),
				default: frm.doc.company || usual_company(),
				hidden: frm.doc.company || companies().length === 1 ? 1 : 0,
				reqd: 1,
				get_query: () => ({ filters: { name: ["in", companies()] } }),
			},
		],
		label: __("Make Lead"),
		missing: (values) =>
			!values.email_id && !values.mobile_no && !values.phone
				? __("An e-mail or a phone number, so that somebody can answer.")
				: null,
		sentence: () => __("The clock runs since the message came in."),
		submit: (values) =>
			call("dealer_pos_crm.api.lead.make_by_hand", { name: frm.doc.name, values }),
		done: (lead) => frappe.set_route("Form", "Lead", lead),
	});
}

/** Files from somebody's own computer: what each of them gave. */
export function pick_files(done) {
	let files = [];
	const dialog = ask({
		title: __("Read Files"),
		fields: [
			{ fieldtype: "HTML", fieldname: "files" },
			{
				fieldtype: "Link",
				fieldname: "feed",
				options: "Lead Feed",
				label: __("Feed"),
				description: __("Empty: the feed for files of the provider in the message"),
				get_query: () => ({ filters: { enabled: 1 } }),
			},
			{
				fieldtype: "Link",
				fieldname: "company",
				options: "Company",
				label: __("Company"),
				default: usual_company(),
				hidden: companies().length === 1 ? 1 : 0,
				get_query: () => ({ filters: { name: ["in", companies()] } }),
			},
		],
		label: __("Read"),
		working: __("Reading…"),
		missing: () => (files.length ? null : __("Choose one or more ADF files, up to 5 MB each.")),
		sentence: () =>
			files.length === 1 ? files[0].name : files.length ? __("{0} files", [files.length]) : "",
		submit: async ({ feed, company }) => {
			const content = await Promise.all(files.map(as_base64));
			return call("dealer_pos_crm.api.lead.read_files", {
				files: files.map((file, at) => ({ name: file.name, content: content[at] })),
				feed,
				company: feed ? null : company,
			});
		},
		done: (told) => {
			outcomes(__("What Came of the Files"), told);
			done?.(told);
		},
	});
	const input = $(
		String(html`<label class="dlr-lead-files"
			>${__("Files")} <input type="file" class="form-control" multiple accept=".xml,.adf,.txt,text/xml"
		/></label>`)
	).appendTo(dialog.fields_dict.files.$wrapper);
	input.find("input").on("change", (event) => {
		files = [...event.target.files];
		dialog.dlr_refresh();
	});
}

function as_base64(file) {
	return new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => resolve(String(reader.result).split(",", 2)[1] || "");
		reader.onerror = () => reject({ message: __("{0} could not be read.", [file.name]) });
		reader.readAsDataURL(file);
	});
}

/** Since when it is here, in a list. */
export const since = (value) => when(value);
