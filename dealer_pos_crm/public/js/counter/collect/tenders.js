/** How it is paid: a button for each way that is there, and a row for each that is used. */

import { html, icon } from "../../desk/html";
import { reader_label } from "../../card/words";
import { quiet_number } from "./inputs";
import { is_cash } from "./model";

export class Tenders {
	/** @param {JQuery} parent @param {object} model @param {() => void} changed */
	constructor(parent, model, changed) {
		this.model = model;
		this.changed = changed;
		this.rows = [];
		this.ways = $(
			String(html`<div class="dlr-collect-ways" role="toolbar" aria-label="${__("Ways to pay")}"></div>`)
		).appendTo(parent);
		this.body = $(`<div class="dlr-collect-tenders"></div>`).appendTo(parent);
		this.buttons = model.ways.map((way) => this.button(way));
		this.ways.on("keydown", (event) => this.arrows(event));
	}

	button(way) {
		const element = $(
			String(html`<button type="button" class="btn btn-default">
				${way.label}
				${way.available ? html`<span class="dlr-small">${this.model.show(way.available)}</span>` : ""}
			</button>`)
		).appendTo(this.ways);
		if (way.hint) element.attr("title", way.hint);
		element.on("click", () => this.use(way));
		return { way, element };
	}

	/** Left and right go through the ways, as in every toolbar. */
	arrows({ key, target }) {
		const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
		if (!step) return;
		const all = this.ways.find("button:enabled").get();
		all[(all.indexOf(target) + step + all.length) % all.length]?.focus();
	}

	/** A way that was only proposed, and that nobody typed into, makes room for the one that is chosen. */
	use(way, focus = true) {
		const idle = this.rows.filter(({ tender }) => tender.typed === null && tender.given === null);
		for (const row of idle) if (!row.tender.reference_no && !row.tender.once) this.drop(row);
		const tender = this.model.add({ ...way });
		const row = this.row(tender);
		this.rows.push(row);
		this.changed();
		if (focus) row.first.trigger("focus");
		return row;
	}

	row(tender) {
		const element = $(
			String(html`<div class="dlr-collect-tender" role="group" aria-label="${tender.label}">
				<div class="dlr-collect-way">
					<div class="dlr-collect-title">${tender.label}</div>
					${tender.hint ? html`<div class="dlr-small">${tender.hint}</div>` : ""}
					${tender.warning ? html`<div class="dlr-small dlr-red">${tender.warning}</div>` : ""}
				</div>
				<div class="dlr-collect-inputs"></div>
				<button type="button" class="btn btn-default dlr-collect-remove"
					aria-label="${__("Remove {0}", [tender.label])}">${icon("close", "xs")}</button>
			</div>`)
		).appendTo(this.body);
		const inputs = element.find(".dlr-collect-inputs");
		const more = tender.is_reader
			? this.reader(tender, inputs)
			: tender.number || (tender.way === "Mode" && !is_cash(tender))
			? this.number(tender, inputs)
			: null;
		const amount = quiet_number(this.model, __("Amount"), (minor) => {
			tender.typed = minor;
			this.changed();
		});
		labelled(inputs, __("Amount"), amount.input);
		const given = is_cash(tender)
			? quiet_number(this.model, __("Given"), (minor) => {
					tender.given = minor;
					this.changed();
			  })
			: null;
		if (given) {
			labelled(inputs, __("Given"), given.input);
			$(`<div class="dlr-collect-notes" role="toolbar"></div>`)
				.attr("aria-label", __("Notes"))
				.appendTo(element);
		}
		const row = { tender, element, amount, given };
		row.first = given?.input || (tender.number ? more : amount.input);
		element.find(".dlr-collect-remove").on("click", () => {
			this.drop(row);
			this.changed();
			this.ways.find("button:enabled").first().trigger("focus");
		});
		return row;
	}

	/** One touch for what is handed over most: the exact amount, and the notes above it. */
	notes({ tender, element }) {
		const due = this.model.due_in(tender);
		const area = element.find(".dlr-collect-notes");
		if (area.data("due") === due) return;
		area.data("due", due).empty();
		if (due <= 0) return;
		for (const amount of this.model.notes_above(due)) {
			const button = $(
				String(html`<button type="button" class="btn btn-default">${this.model.show(amount)}</button>`)
			).appendTo(area);
			button.on("click", () => {
				tender.given = amount;
				this.changed();
			});
		}
	}

	reader(tender, inputs) {
		const { readers } = this.model.facts;
		const rows = readers.map((row) => ({ value: row.name, label: reader_label(row) }));
		const chosen = readers.some(({ name }) => name === tender.reader);
		const options = chosen ? rows : [{ value: "", label: "" }, ...rows];
		const select = $(
			String(html`<select class="form-control" aria-label="${__("Reader")}">
				${options.map(({ value, label }) => html`<option value="${value}">${label}</option>`)}
			</select>`)
		).val(tender.reader || "");
		select.on("change", () => {
			tender.reader = select.val();
			this.changed();
		});
		labelled(inputs, __("Reader"), select);
		return select;
	}

	number(tender, inputs) {
		const label = tender.number ? __("Number") : __("Reference");
		const input = $(
			String(html`<input class="form-control" type="text" maxlength="140" autocomplete="off"
				aria-label="${label}" />`)
		);
		input.on("input", () => {
			tender.reference_no = input.val();
			this.changed();
		});
		labelled(inputs, label, input);
		return input;
	}

	drop(row) {
		this.model.remove(row.tender);
		this.rows.splice(this.rows.indexOf(row), 1);
		row.element.remove();
	}

	refresh() {
		for (const row of this.rows) {
			row.amount.show(row.tender.amount);
			row.given?.show(row.tender.given);
			if (row.given) this.notes(row);
		}
		for (const { way, element } of this.buttons) {
			const used = way.once && this.model.tenders.some(({ key }) => key === way.key);
			element.prop("disabled", Boolean(used) || Boolean(way.limit && !way.limit(this.model)));
		}
	}
}

function labelled(parent, label, input) {
	$(String(html`<label><span class="dlr-small">${label}</span></label>`))
		.append(input)
		.appendTo(parent);
}
