/** The papers of a deal in its form: by stage, what is missing first; one click or a drop hands one in. */

import { ask } from "../desk/ask";
import { fill, html, icon, pill, raw, trusted } from "../desk/html";
import { call } from "../desk/server";
import { when } from "../desk/words";
import { choose, upload } from "./upload";

const GET = { type: "GET" };
const STAGES = ["Write-up", "F&I", "Contracted", "Delivered", "Funded"];

export async function show(frm) {
	const place = frm.fields_dict.checklist;
	if (!place || frm.is_new()) return;
	const area = place.$wrapper;
	const deal = frm.doc.name;
	if (area.data("deal") !== deal)
		area.html(`<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>`);
	area.data("deal", deal);
	try {
		const view = await call("dealer_pos_crm.api.deal_documents.get_checklist", { deal }, GET);
		if (frm.doc.name === deal) draw(frm, area, view);
	} catch (refusal) {
		area.html(
			String(
				html`<div class="dlr-note dlr-note-red">
					<div>${trusted(refusal.message)}</div>
				</div>`
			)
		);
	}
}

function draw(frm, area, view) {
	frm.dlr_papers = view;
	const opened = new Set(
		area
			.find("details[open]")
			.toArray()
			.map((element) => element.dataset.stage)
	);
	area.html(
		String(html`<div class="dlr-papers">
			<div class="dlr-papers-top">
				<div>${answer(view)}</div>
				<div class="dlr-buttons">
					${view.may.write
						? html`<button type="button" class="btn btn-default btn-sm" data-dlr="add">
								${__("Add a Document")}
						  </button>`
						: ""}
					<button type="button" class="btn btn-default btn-sm" data-dlr="print">
						${__("Print Checklist")}
					</button>
				</div>
			</div>
			<div class="dlr-papers-error" role="alert"></div>
			${view.stages.length
				? view.stages.map((group) => stage_of(group, view))
				: html`<p class="dlr-small">
						${__(
							"No list of documents is in force. A manager sets one up under Deal Document Template."
						)}
				  </p>`}
		</div>`)
	);
	for (const stage of opened) area.find(`details[data-stage="${stage}"]`).attr("open", true);
	listen(frm, area, view);
}

/** How far it is: what keeps the deal from its next gate. */
function answer(view) {
	const there = view.total - view.missing;
	const next = view.stages.find((group) => group.stage && group.missing);
	return html`<span class="dlr-fact"
			>${__("{0} of {1} documents are here", [there, view.total])}</span
		>
		<div class="dlr-small">
			${next
				? __("{0} missing before {1}", [next.missing, __(next.stage)])
				: view.total
				? __("Nothing is missing.")
				: ""}
		</div>`;
}

function stage_of(group, view) {
	const title = group.stage
		? __("Before {0}", [__(group.stage)])
		: __("On file, not needed any more");
	return html`<section class="dlr-papers-stage" aria-label="${title}">
		<h6 class="dlr-heading">
			${title}
			${group.stage
				? group.missing
					? pill(__("{0} missing", [group.missing]), "orange")
					: pill(__("complete"), "green")
				: ""}
		</h6>
		<ul>
			${group.rows.map((row) => row_of(row, view))}
		</ul>
	</section>`;
}

function row_of(row, view) {
	const open = !row.there;
	return html`<li class="dlr-paper ${open ? "dlr-paper-missing" : ""}" data-row="${row.name}">
		<span class="dlr-paper-mark ${open ? "dlr-orange" : "dlr-green"}" aria-hidden="true"
			>${raw(open ? "○" : "●")}</span
		>
		<span class="dlr-paper-name">
			${row.document}
			${row.sensitive
				? html`<span
						class="dlr-small"
						title="${__("Seen by F&I, managers and accounting only")}"
						>${icon("lock", "xs")} ${__("sensitive")}</span
				  >`
				: ""}
			${row.why && row.why !== __("Always")
				? html`<span class="dlr-small">· ${row.why}</span>`
				: ""}
		</span>
		<span class="dlr-paper-state">${state_of(row)}</span>
		<span class="dlr-buttons">${view.may.write ? buttons_of(row, view) : ""}</span>
	</li>`;
}

function state_of(row) {
	if (row.status === "Missing") return html`<span class="dlr-orange">${__("missing")}</span>`;
	const words = { Received: __("received"), Noted: __("noted"), Waived: __("waived") };
	const name = row.file
		? html`<a href="${encodeURI(row.file)}" target="_blank" rel="noopener"
				>${words[row.status]}</a
		  >`
		: words[row.status];
	return html`${name}${row.note ? html`: ${row.note}` : ""}
		<span class="dlr-small">${when(row.at)} · ${row.by}</span>
		${row.expired
			? html`<span class="dlr-red"
					>${__("expired on {0}", [frappe.datetime.str_to_user(row.expires_on)])}</span
			  >`
			: row.expires_on
			? html`<span class="dlr-small"
					>${__("valid until {0}", [frappe.datetime.str_to_user(row.expires_on)])}</span
			  >`
			: ""}`;
}

function buttons_of(row, view) {
	const button = (action, label, more = "btn-default") =>
		html`<button
			type="button"
			class="btn btn-xs ${more}"
			data-dlr="${action}"
			aria-label="${__("{0}: {1}", [label, row.document])}"
		>
			${label}
		</button>`;
	const shown = [];
	if (!row.there) {
		shown.push(button("upload", __("Upload")));
		if (row.note_is_enough) shown.push(button("note", __("Note")));
		if (view.may.waive) shown.push(button("waive", __("Waive")));
	} else if (!row.hidden && (row.status !== "Waived" || view.may.waive)) {
		shown.push(button("take-back", __("Take Back"), "btn-link"));
	}
	return shown;
}

function listen(frm, area, view) {
	const row_at = (event) => {
		const name = event.currentTarget.closest("[data-row]").dataset.row;
		return view.stages.flatMap((group) => group.rows).find((row) => row.name === name);
	};
	const deal = frm.doc.name;
	const done = (answer_now) => {
		draw(frm, area, answer_now);
		frm.reload_doc(); // gates at the top of the form read the papers too
	};
	area.off(".dlr")
		.on("click.dlr", "[data-dlr=upload]", async (event) => {
			const row = row_at(event);
			const file = await choose();
			if (file) hand_in(row, file);
		})
		.on("dragover.dlr", ".dlr-paper", (event) => {
			event.preventDefault();
			event.currentTarget.classList.add("dlr-drop");
		})
		.on("dragleave.dlr drop.dlr", ".dlr-paper", (event) =>
			event.currentTarget.classList.remove("dlr-drop")
		)
		.on("drop.dlr", ".dlr-paper", (event) => {
			event.preventDefault();
			const file = event.originalEvent.dataTransfer?.files?.[0];
			if (file && view.may.write) hand_in(row_at(event), file);
		})
		.on("click.dlr", "[data-dlr=note]", (event) => note(row_at(event)))
		.on("click.dlr", "[data-dlr=waive]", (event) => waive(row_at(event)))
		.on("click.dlr", "[data-dlr=take-back]", (event) => take_back(row_at(event)))
		.on("click.dlr", "[data-dlr=add]", () => add())
		.on("click.dlr", "[data-dlr=print]", () => {
			const query = new URLSearchParams({
				doctype: frm.doctype,
				name: deal,
				format: "Deal Document Checklist",
			});
			window.open(frappe.urllib.get_full_url(`/printview?${query}`), "_blank");
		});

	async function hand_in(row, file) {
		const line = area
			.find(`[data-row="${row.name}"]`)
			.attr("aria-busy", "true")
			.addClass("dlr-busy");
		area.find(".dlr-papers-error").empty();
		try {
			const name = await upload(file);
			done(
				await call("dealer_pos_crm.api.deal_documents.receive", {
					deal,
					row: row.name,
					file: name,
				})
			);
		} catch (refusal) {
			line.removeAttr("aria-busy").removeClass("dlr-busy");
			area.find(".dlr-papers-error").html(
				String(
					html`<div class="dlr-note dlr-note-red">
						<div>${trusted(refusal.message)}</div>
					</div>`
				)
			);
		}
	}

	function words(title, label, row, method, field, text, danger) {
		ask({
			title,
			danger,
			fields: [
				{
					fieldtype: "Small Text",
					fieldname: field,
					label: text,
					reqd: 1,
					max_height: "60px",
				},
			],
			label,
			missing: (values) =>
				(values[field] || "").trim().length < 3 ? __("Say it in a few words.") : null,
			submit: (values) => call(method, { deal, row: row.name, [field]: values[field] }),
			done,
		});
	}

	const note = (row) =>
		words(
			__("Note: {0}", [row.document]),
			__("Save the Note"),
			row,
			"dealer_pos_crm.api.deal_documents.note",
			"text",
			__("Note")
		);
	const waive = (row) =>
		words(
			__("Waive: {0}", [row.document]),
			__("Waive"),
			row,
			"dealer_pos_crm.api.deal_documents.waive",
			"reason",
			__("Why does the deal go without it?"),
			true
		);

	function take_back(row) {
		ask({
			title: __("Take Back: {0}", [row.document]),
			fields: [],
			label: __("Take Back"),
			sentence: () =>
				fill(__("{0} counts as missing again. What was received stays on file."), [
					html`<b>${row.document}</b>`,
				]),
			submit: () =>
				call("dealer_pos_crm.api.deal_documents.take_back", { deal, row: row.name }),
			done,
		});
	}

	function add() {
		ask({
			title: __("Add a Document"),
			fields: [
				{ fieldtype: "Data", fieldname: "document", label: __("Document"), reqd: 1 },
				{
					fieldtype: "Select",
					fieldname: "required_before",
					label: __("Required Before"),
					options: STAGES.map((value) => ({ value, label: __(value) })),
					default: "Funded",
					reqd: 1,
				},
				{
					fieldtype: "Check",
					fieldname: "sensitive",
					label: __("Seen by F&I, managers and accounting only"),
				},
			],
			label: __("Add"),
			submit: ({ document, required_before, sensitive }) =>
				call("dealer_pos_crm.api.deal_documents.add", {
					deal,
					document,
					required_before,
					sensitive: Boolean(sensitive),
				}),
			done,
		});
	}
}
