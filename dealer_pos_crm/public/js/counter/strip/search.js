/** The search box: whatever the customer says of themselves. Arrow keys, Enter, Escape. */

import { context } from "../pos/context";
import { fault } from "../pos/guarded";
import { html, icon } from "../../desk/html";
import { call } from "../../desk/server";

const PAUSE = 180; // ms after the last key
const SHORTEST = 2;
let serial = 0;

export class Search {
	/** @param {(row: object) => any} picked */
	constructor(picked) {
		this.picked = picked;
		this.asked = 0;
		this.rows = [];
		this.at = -1;
		this.id = `dlr-strip-found-${++serial}`;
	}

	in(parent) {
		return Boolean(this.box?.[0].isConnected && parent[0].contains(this.box[0]));
	}

	mount(parent, { can_close, close }) {
		this.close = can_close ? close : null;
		this.rows = [];
		this.at = -1;
		this.box = $(
			String(html`<div class="dlr-search">
				${icon("search", "sm")}
				<input type="text" class="form-control" role="combobox" autocomplete="off" spellcheck="false"
					aria-expanded="false" aria-autocomplete="list" aria-controls="${this.id}"
					aria-label="${__("Find the customer")}"
					placeholder="${__("Customer: name, phone, VIN, plate, RO or invoice number")}" />
				<kbd>F2</kbd>
				${can_close
					? html`<button type="button" class="btn btn-default dlr-tap">${__("Keep")}</button>`
					: ""}
				<div class="dlr-strip-found" id="${this.id}" role="listbox" aria-label="${__("Found")}"></div>
				<div class="sr-only" role="status" aria-live="polite"></div>
			</div>`)
		).appendTo(parent);
		this.input = this.box.find("input");
		this.list = this.box.find(".dlr-strip-found");
		this.input.on("input", () => this.typed());
		this.input.on("keydown", (event) => this.key(event));
		this.input.on("blur", () => setTimeout(() => this.hide(), 150));
		this.input.on("focus", () => this.rows.length && this.draw());
		this.box.find("button").on("click", () => this.close?.());
		this.list.on("mousedown", "[data-at]", (event) => {
			event.preventDefault();
			this.pick(Number(event.currentTarget.dataset.at));
		});
	}

	focus() {
		this.input.trigger("focus").trigger("select");
	}

	typed() {
		clearTimeout(this.timer);
		const text = this.input.val().trim();
		this.asked += 1; // what is on its way answers another text
		if (text.length < SHORTEST) {
			this.rows = [];
			return this.hide();
		}
		this.timer = setTimeout(() => this.ask(text), PAUSE);
	}

	async ask(text) {
		const mine = ++this.asked;
		this.waiting = true;
		try {
			const { company } = context();
			const answer = await call("dealer_pos_crm.api.counter.find", { text, company }, { type: "GET" });
			if (mine !== this.asked) return;
			this.rows = answer.rows;
			this.more = answer.more;
			this.at = this.rows.length ? 0 : -1;
			this.message = this.rows.length ? "" : __("Nobody found for “{0}”.", [text]);
		} catch (refusal) {
			if (mine !== this.asked) return;
			this.rows = [];
			this.message = refusal.message;
			this.at = -1;
		}
		this.waiting = false;
		this.draw();
		if (this.enter) {
			this.enter = false;
			if (this.rows.length === 1) this.pick(0);
		}
	}

	key(event) {
		const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
		if (step && this.rows.length) {
			event.preventDefault();
			this.at = (this.at + step + this.rows.length) % this.rows.length;
			return this.draw();
		}
		if (event.key === "Enter") {
			event.preventDefault();
			event.stopPropagation(); // ERPNext's screen picks an item on Enter
			if (this.list.is(":visible") && this.at >= 0) return this.pick(this.at);
			const text = this.input.val().trim();
			if (text.length < SHORTEST) return;
			clearTimeout(this.timer); // a scanner types faster than anybody waits
			this.enter = true;
			return this.ask(text);
		}
		if (event.key === "Escape") {
			event.stopPropagation();
			if (this.list.is(":visible")) return this.hide();
			if (this.close) return this.close();
			this.input.trigger("blur");
		}
	}

	draw() {
		this.list
			.html(
				String(
					this.rows.length
						? html`${this.rows.map((row, at) => option(row, at, at === this.at, this.id))}
								${this.more
									? html`<div class="dlr-strip-found-note">${__("There are more: type more of it.")}</div>`
									: ""}`
						: html`<div class="dlr-strip-found-note">${this.message}</div>`
				)
			)
			.show();
		this.input
			.attr("aria-expanded", "true")
			.attr("aria-activedescendant", this.at >= 0 ? `${this.id}-${this.at}` : null);
		this.box
			.find("[role=status]")
			.text(this.rows.length ? __("{0} found", [this.rows.length]) : this.message);
		this.list.find("[aria-selected=true]").get(0)?.scrollIntoView({ block: "nearest" });
	}

	hide() {
		this.list?.hide();
		this.input?.attr("aria-expanded", "false").removeAttr("aria-activedescendant");
	}

	async pick(at) {
		const row = this.rows[at];
		if (!row) return;
		this.hide();
		this.input.val(row.customer_name);
		try {
			await this.picked(row);
		} catch (error) {
			fault("search", error);
		}
	}
}

function option(row, at, selected, id) {
	const found = row.found.slice(0, 3).map(({ kind, text, doctype }) => {
		const what = doctype && doctype !== "Dealer Vehicle" ? __(doctype) : __(kind);
		return html`<span class="dlr-strip-found-as"><span class="text-muted">${what}</span> ${text}</span>`;
	});
	return html`<div role="option" class="dlr-option" id="${id}-${at}" data-at="${at}"
		aria-selected="${String(selected)}">
		<span class="dlr-strip-found-name">${row.customer_name || __("In stock, nobody's")}</span>
		<span class="text-muted">${row.phone}</span>
		<span class="dlr-strip-found-all">${found}</span>
	</div>`;
}
