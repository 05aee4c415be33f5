/** The first step: notes and coins by the piece, every other mode by amount and slips. */

import { fill, html, link } from "../../desk/html";
import { new_key } from "../../desk/server";
import { money } from "../../desk/words";
import * as draft from "./draft";

const cents = (value) => Math.round(flt(value) * 100) / 100;

export class CountStep {
	/**
	 * @param {Shell} shell
	 * @param {object} facts of the server
	 * @param {(count: object) => void} next what was counted: {counted, cash, slips, client_key}
	 */
	constructor(shell, facts, next) {
		this.shell = shell;
		this.facts = facts;
		this.next = next;
		this.cash = facts.modes.find((mode) => mode.cash && facts.denominations.length);
		this.others = facts.modes.filter((mode) => mode !== this.cash);
		this.typed = draft.read(facts.shift) || { pieces: facts.pieces || {}, amounts: {}, slips: {}, key: new_key() };
	}

	show() {
		const { facts, shell } = this;
		shell.clear();
		shell.title(__("Close Shift: Count"));
		shell.body(
			html`<div class="dlr-shift">
				${facts.problems.map((text) => note("orange", text))} ${this.in_flight()}
				<p class="dlr-small">
					${fill(__("{0} at {1}. Count what is there; Enter goes on, Ctrl+Enter shows the result."), [
						html`<b>${frappe.user.full_name(facts.cashier)}</b>`,
						html`<b>${facts.pos_profile}</b>`,
					])}
				</p>
				<div class="dlr-shift-columns">
					${this.cash ? this.notes_and_coins() : ""}
					<section aria-label="${__("Other modes of payment")}">${this.modes()}</section>
				</div>
			</div>`
		);
		this.fill_in();
		this.listen();
		shell.second(__("Later"), () => shell.hide());
		shell.main(__("Next"), () => this.done(), facts.in_flight.length > 0);
		shell.when_shown(() => this.inputs().first().trigger("focus").trigger("select"));
		this.sum();
	}

	in_flight() {
		const rows = this.facts.in_flight;
		if (!rows.length) return "";
		return note(
			"red",
			html`<b>${__("Settle these first; the shift is not closed before:")}</b>
				<ul class="dlr-shift-flight">
					${rows.map(
						(row) => html`<li>
							${link(row.doctype, row.name)}, ${row.title}, ${money(row.amount, row.currency)}: ${row.why}
						</li>`
					)}
				</ul>`
		);
	}

	notes_and_coins() {
		const { facts } = this;
		return html`<section aria-label="${__("Notes and coins")}">
			<table class="dlr-shift-table">
				<thead>
					<tr><th>${__("Notes and coins")}</th><th>${__("Pieces")}</th><th class="dlr-money">${__("Amount")}</th></tr>
				</thead>
				<tbody>
					${facts.denominations.map(
						(one) => html`<tr>
							<td class="dlr-money">${money(one, facts.currency)}</td>
							<td>
								<input class="form-control" type="text" inputmode="numeric" autocomplete="off"
									data-piece="${one}" aria-label="${__("Pieces of {0}", [money(one, facts.currency)])}" />
							</td>
							<td class="dlr-money" data-worth="${one}"></td>
						</tr>`
					)}
				</tbody>
				<tfoot>
					<tr><th colspan="2">${this.cash.mode}</th><th class="dlr-money" data-cash></th></tr>
					${this.should_be(this.cash, 2)}
				</tfoot>
			</table>
		</section>`;
	}

	/** What should be there; nothing where one counts blind. */
	should_be(mode, columns) {
		if (mode.expected === null) return "";
		return html`<tr class="dlr-small">
			<td colspan="${columns}">${__("Should be")}</td>
			<td class="dlr-money">${money(mode.expected, this.facts.currency)}</td>
		</tr>`;
	}

	modes() {
		const { facts } = this;
		return html`<table class="dlr-shift-table">
			<thead>
				<tr><th>${__("Mode of Payment")}</th><th class="dlr-money">${__("Amount")}</th><th>${__("Slips")}</th></tr>
			</thead>
			<tbody>
				${this.others.map(
					(mode) => html`<tr>
						<td>
							${mode.mode}
							${mode.expected === null
								? ""
								: html`<div class="dlr-small">${__("should be {0}", [money(mode.expected, facts.currency)])}</div>`}
						</td>
						<td>
							<input class="form-control dlr-money" type="text" inputmode="decimal" autocomplete="off"
								data-mode="${mode.mode}" aria-label="${__("{0}: counted", [mode.mode])}" />
						</td>
						<td>
							<input class="form-control" type="text" inputmode="numeric" autocomplete="off"
								data-slips="${mode.mode}" aria-label="${__("{0}: slips or checks", [mode.mode])}" />
						</td>
					</tr>`
				)}
			</tbody>
		</table>`;
	}

	inputs() {
		return this.shell.area.find(".dlr-shift input");
	}

	fill_in() {
		const before = this.facts.count?.modes || [];
		this.inputs().each((_at, input) => {
			const { piece, mode, slips } = input.dataset;
			const known = before.find((row) => row.mode === (mode || slips));
			if (piece) input.value = this.typed.pieces[piece] ?? "";
			else if (mode) input.value = this.typed.amounts[mode] ?? known?.counted ?? "";
			else input.value = this.typed.slips[slips] ?? (known?.slips || "");
		});
	}

	listen() {
		this.shell.area.find(".dlr-shift").on("input", "input", (event) => {
			const { piece, mode, slips } = event.target.dataset;
			const text = event.target.value.trim();
			if (piece) this.typed.pieces[piece] = text;
			else if (mode) this.typed.amounts[mode] = text;
			else this.typed.slips[slips] = text;
			this.typed.key = new_key(); // another count is another request
			draft.keep(this.facts.shift, this.typed);
			this.sum();
		});
		this.shell.area.find(".dlr-shift").on("keydown", "input", (event) => {
			const by = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
			if (!by || event.ctrlKey || event.metaKey) return;
			event.preventDefault();
			const all = this.inputs();
			const at = all.index(event.target) + by;
			if (at >= all.length) return this.shell.primary.trigger("focus");
			all.eq(Math.max(at, 0)).trigger("focus").trigger("select");
		});
	}

	pieces(one) {
		return cint(this.shell.area.find(`[data-piece="${one}"]`).val());
	}

	sum() {
		const { facts } = this;
		let sum = 0;
		for (const one of facts.denominations) {
			const worth = cents(this.pieces(one) * one);
			sum = cents(sum + worth);
			this.shell.area.find(`[data-worth="${one}"]`).text(worth ? money(worth, facts.currency) : "");
		}
		this.shell.area.find("[data-cash]").text(money(sum, facts.currency));
	}

	done() {
		const counted = {};
		const slips = {};
		for (const { mode } of this.others) {
			counted[mode] = flt(this.shell.area.find(`[data-mode="${CSS.escape(mode)}"]`).val());
			slips[mode] = cint(this.shell.area.find(`[data-slips="${CSS.escape(mode)}"]`).val());
		}
		const cash = this.cash
			? this.facts.denominations.map((one) => ({ denomination: one, pieces: this.pieces(one) }))
			: null;
		draft.keep(this.facts.shift, this.typed);
		return this.next({ counted, slips, cash, client_key: this.typed.key });
	}
}

export function note(tone, content) {
	return html`<div class="dlr-note dlr-note-${tone}" role="status"><div>${content}</div></div>`;
}
