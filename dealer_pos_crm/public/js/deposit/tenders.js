/** How a deposit is paid: one row for each payment, and what is left to the whole amount. */

import { html, icon } from "../desk/html";
import { money } from "../desk/words";

export class Tenders {
	/**
	 * @param {HTMLElement} parent
	 * @param {{amount: number, currency: string, modes: object[], usual: string|null}} opts
	 * @param {() => void} changed
	 */
	constructor(parent, opts, changed) {
		Object.assign(this, opts);
		this.changed = changed;
		this.rows = [];
		this.body = $(
			String(html`<div class="dlr-tenders">
				<div class="dlr-tender dlr-tender-head" aria-hidden="true">
					<span>${__("Paid with")}</span><span class="dlr-money">${__("Amount")}</span>
					<span>${__("Reference")}</span><span></span>
				</div>
				<div class="dlr-tender-rows"></div>
				<button type="button" class="btn btn-xs btn-default dlr-add">
					${icon("add", "xs")} ${__("Split Payment")}
				</button>
			</div>`)
		).appendTo(parent);
		this.body
			.find(".dlr-add")
			.on("click", () => this.add(true).amount.$input.trigger("focus"));
		this.add(true);
	}

	/** A row that `follows` takes what the others leave, until somebody types into it. */
	add(follows) {
		const serial = this.rows.length + 1;
		const element = $(
			String(html`<div class="dlr-tender" role="group" aria-label="${__("Payment {0}", [
				serial,
			])}">
				<div class="dlr-select">
					<select class="form-control" aria-label="${__("Paid with")}">
						${this.modes.map((mode) => html`<option value="${mode.name}">${__(mode.name)}</option>`)}
					</select>
					<div class="select-icon xs">${icon("select", "xs")}</div>
				</div>
				<div class="dlr-tender-amount"></div>
				<input
					class="form-control"
					type="text"
					maxlength="140"
					autocomplete="off"
					aria-label="${__("Reference")}"
					placeholder="${__("Check or approval no.")}"
				/>
				<button type="button" class="btn btn-default btn-sm" aria-label="${__("Remove")}">
					${icon("close", "xs")}
				</button>
			</div>`)
		).appendTo(this.body.find(".dlr-tender-rows"));
		const amount = frappe.ui.form.make_control({
			df: {
				fieldtype: "Currency",
				fieldname: `amount_${serial}`,
				options: "currency",
				label: __("Amount"),
			},
			parent: element.find(".dlr-tender-amount"),
			doc: { currency: this.currency },
			only_input: true,
			render_input: true,
		});
		amount.get_doc = () => ({ currency: this.currency });
		amount.$input
			.addClass("dlr-money")
			.attr("aria-label", __("Amount"))
			.attr("inputmode", "decimal");
		const row = {
			element,
			amount,
			follows,
			mode: element.find("select"),
			reference: element.find("input[maxlength]"),
		};
		const unused = this.modes.find(
			(mode) => !this.rows.some((other) => other.mode.val() === mode.name)
		);
		row.mode.val((this.rows.length ? unused?.name : this.usual_mode()) || this.modes[0]?.name);
		this.rows.push(row);
		amount.$input.on("input", () => {
			row.follows = false;
			this.settle();
		});
		amount.$input.on("focus", () => amount.$input.trigger("select"));
		element.find("select, input").on("input change", () => this.changed());
		element.find("button").on("click", () => this.remove(row));
		this.settle();
		return row;
	}

	usual_mode() {
		const names = this.modes.map((mode) => mode.name);
		if (names.includes(this.usual)) return this.usual;
		return this.modes.find((mode) => mode.type === "Cash")?.name;
	}

	remove(row) {
		this.rows.splice(this.rows.indexOf(row), 1);
		row.element.remove();
		if (this.rows.length === 1) this.rows[0].follows = true;
		this.settle();
		this.rows.at(-1).amount.$input.trigger("focus");
	}

	amount_of(row) {
		return flt(row.amount.$input.val(), this.precision());
	}

	precision() {
		return cint(get_number_format_info(get_number_format(this.currency)).precision);
	}

	/** Rows that nobody typed into take the rest. */
	settle() {
		const following = this.rows.filter((row) => row.follows);
		const typed = this.rows.filter((row) => !row.follows);
		if (following.length) {
			let rest = this.round(
				this.amount - typed.reduce((sum, row) => sum + this.amount_of(row), 0)
			);
			following.forEach((row, at) => {
				const share = at === 0 ? Math.max(rest, 0) : 0;
				row.amount.$input.val(
					share ? format_number(share, get_number_format(this.currency)) : ""
				);
			});
		}
		this.body.find(".dlr-tender button").toggleClass("invisible", this.rows.length === 1);
		this.changed();
	}

	round(value) {
		return flt(value.toFixed(6), this.precision());
	}

	get paid() {
		return this.round(this.rows.reduce((sum, row) => sum + this.amount_of(row), 0));
	}

	/** What is missing (or too much), in words; null when the payments add up. */
	get problem() {
		if (!this.modes.length) {
			return __(
				"No mode of payment has an account in this company. An accountant can set one."
			);
		}
		const left = this.round(this.amount - this.paid);
		if (left > 0)
			return __("{0} of {1} is still to be paid", [this.show(left), this.show(this.amount)]);
		if (left < 0)
			return __("{0} too much: the deposit is {1}", [
				this.show(-left),
				this.show(this.amount),
			]);
		if (this.rows.some((row) => this.amount_of(row) <= 0))
			return __("A payment has no amount. Remove it, or enter one");
		return null;
	}

	show(amount) {
		return money(amount, this.currency);
	}

	get values() {
		return this.rows.map((row) => ({
			mode_of_payment: row.mode.val(),
			amount: this.amount_of(row),
			reference_no: row.reference.val().trim() || null,
		}));
	}
}
