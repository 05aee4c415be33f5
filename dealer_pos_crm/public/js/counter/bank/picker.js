/** A new slip to the bank: what is still here, what of it is brought there, counted and booked in one go. */

import { companies, my_company } from "../../desk/dealership";
import { ask } from "../../desk/ask";
import { fill, html, link, trusted } from "../../desk/html";
import { memory } from "../../desk/kept";
import { call } from "../../desk/server";
import { exact, money } from "../../desk/words";

const API = "dealer_pos_crm.api.bank_deposit.";
const { keep, kept, forget } = memory("dealer_bank");

export async function show(frm, area) {
	const company = frm.doc.company || my_company();
	if (!company) {
		area.html(String(html`<div class="dlr-note">${__("No company is set up as a dealership yet.")}</div>`));
		return;
	}
	area.html('<div class="dlr-overview dlr-skeleton" aria-busy="true"></div>');
	if (await found_again(company)) return;
	let facts;
	try {
		facts = await call(`${API}undeposited`, { company }, { type: "GET" });
	} catch (refusal) {
		area.html(String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`));
		return;
	}
	if (!frm.is_new()) return;
	new Picker(frm, area, facts).draw();
}

/** A slip whose answer was lost: it stands, or it never arrived. */
async function found_again(company) {
	const key = kept(company);
	if (!key) return false;
	const made = await call(`${API}find`, { client_key: key }, { type: "GET" }).catch(() => undefined);
	if (made === undefined) return false; // no answer again: the key is kept
	forget(company);
	if (!made) return false;
	frappe.show_alert({ message: __("{0} was booked already.", [made.name]), indicator: "green" });
	frappe.set_route("Form", "Bank Deposit", made.name);
	return true;
}

class Picker {
	constructor(frm, area, facts) {
		Object.assign(this, { frm, area, facts, pieces: {} });
		this.precision = frappe.boot.sysdefaults.currency_precision || 2;
		this.cash = facts.cash.flatMap((account) => [
			...account.shifts.map((shift) => ({ ...shift, account: account.account, amount: shift.left, on: true })),
			...(account.rest > 0
				? [{ account: account.account, left: account.rest, amount: account.rest, on: false, rest: true }]
				: []),
		]);
		this.checks = facts.checks.map((check) => ({ ...check, on: !check.why_not }));
	}

	draw() {
		const { facts } = this;
		this.area.html(
			String(html`<div class="dlr-overview dlr-bank">
				<div class="dlr-answer" aria-live="polite"></div>
				${facts.notes.map((note) => html`<div class="dlr-note dlr-note-orange"><div>${note}</div></div>`)}
				${this.nothing()
					? html`<div class="dlr-note dlr-note-green"><div><b>${__("Everything is at the bank.")}</b>
						${__("Cash that a shift hands in and checks that are taken appear here.")}</div></div>`
					: html`${this.cash_table()} ${this.count_table()} ${this.check_table()}`}
			</div>`)
		);
		this.listen();
		this.sums();
	}

	nothing() {
		return !this.cash.length && !this.checks.length;
	}

	check_table() {
		const { currency } = this.facts;
		if (!this.checks.length) return "";
		return html`<h5>${__("Checks")}</h5>
			<div class="dlr-scroll"><table class="table dlr-table">
				<thead><tr>
					<th><label class="dlr-bank-pick"><input type="checkbox" data-all checked aria-label="${__(
						"All checks"
					)}"></label></th>
					<th>${__("Number")}</th><th>${__("Payer")}</th><th>${__("Kind")}</th><th>${__("Age")}</th>
					<th>${__("From")}</th><th class="dlr-money">${__("Amount")}</th>
				</tr></thead>
				<tbody>${this.checks.map(
					(row, at) => html`<tr class="${row.why_not ? "text-muted" : ""}">
						<td><label class="dlr-bank-pick"><input type="checkbox" data-check="${at}" ${
						row.on ? "checked" : ""
					} ${row.why_not ? "disabled" : ""} aria-label="${__("Check {0} of {1}", [
						row.check_no || "-",
						row.payer,
					])}"></label></td>
						<td>${row.check_no || "–"}</td>
						<td class="dlr-wrap">${row.payer}</td>
						<td>${__(row.mode)}</td>
						<td>${age(row)}</td>
						<td>${link(row.doctype, row.name)}${
						row.why_not ? html`<div class="dlr-small">${row.why_not}</div>` : ""
					}</td>
						<td class="dlr-money">${money(row.amount, currency)}</td>
					</tr>`
				)}</tbody></table></div>`;
	}

	cash_table() {
		const { currency } = this.facts;
		if (!this.cash.length) return "";
		return html`<h5>${__("Cash")}</h5>
			<div class="dlr-scroll"><table class="table dlr-table">
				<thead><tr><th></th><th>${__("From")}</th><th class="dlr-money">${__("Counted")}</th>
					<th class="dlr-money">${__("Stays")}</th><th class="dlr-money">${__("To the bank")}</th></tr></thead>
				<tbody>${this.cash.map(
					(row, at) => html`<tr>
						<td><label class="dlr-bank-pick"><input type="checkbox" data-cash="${at}" ${
						row.on ? "checked" : ""
					} aria-label="${from(row)}"></label></td>
						<td class="dlr-wrap">${row.rest ? rest_words(row) : shift_words(row)}</td>
						<td class="dlr-money">${row.rest ? "" : money(row.counted, currency)}</td>
						<td class="dlr-money">${row.rest ? "" : money(row.stays, currency)}</td>
						<td class="dlr-money"><input class="form-control input-sm dlr-bank-amount" inputmode="decimal"
							data-amount="${at}" value="${plain(row.amount)}" aria-label="${__("Amount from {0}", [from(row)])}"></td>
					</tr>`
				)}</tbody></table></div>`;
	}

	count_table() {
		const { currency, denominations } = this.facts;
		if (!this.cash.length || !denominations.length) return "";
		return html`<h5>${__("Notes and coins")} <span class="dlr-small dlr-bank-counted"></span></h5>
			<div class="dlr-bank-count">${denominations.map(
				(value) => html`<label><span>${money(value, currency)}</span>
					<input class="form-control input-sm" type="number" min="0" step="1" inputmode="numeric"
						data-pieces="${value}"></label>`
			)}</div>`;
	}

	listen() {
		const { area } = this;
		area.off(".dlr-bank");
		area.on("change.dlr-bank", "[data-check]", ({ target }) => {
			this.checks[target.dataset.check].on = target.checked;
			this.sums();
		});
		area.on("change.dlr-bank", "[data-all]", ({ target }) => {
			this.checks.forEach((row) => (row.on = target.checked && !row.why_not));
			area.find("[data-check]:enabled").prop("checked", target.checked);
			this.sums();
		});
		area.on("change.dlr-bank", "[data-cash]", ({ target }) => {
			this.cash[target.dataset.cash].on = target.checked;
			this.sums();
		});
		area.on("input.dlr-bank", "[data-amount]", ({ target }) => {
			const row = this.cash[target.dataset.amount];
			row.amount = flt(target.value, this.precision);
			row.on = row.amount > 0;
			area.find(`[data-cash="${target.dataset.amount}"]`).prop("checked", row.on);
			this.sums();
		});
		area.on("input.dlr-bank", "[data-pieces]", ({ target }) => {
			this.pieces[target.dataset.pieces] = cint(target.value);
			this.sums();
		});
		// Digits only in the grid of notes; Enter goes to the next one.
		area.on("keydown.dlr-bank", "[data-pieces]", (event) => {
			if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
			event.preventDefault();
			const all = area.find("[data-pieces]").get();
			all[all.indexOf(event.target) + 1]?.focus();
		});
	}

	totals() {
		const sum = (rows) => flt(rows.reduce((all, row) => all + row.amount, 0), this.precision);
		const cash = this.cash.filter((row) => row.on && row.amount > 0);
		const checks = this.checks.filter((row) => row.on);
		const counted = Object.entries(this.pieces).reduce((all, [value, count]) => all + value * count, 0);
		return {
			cash,
			checks,
			in_cash: sum(cash),
			in_checks: sum(checks),
			total: flt(sum(cash) + sum(checks), this.precision),
			counted: flt(counted, this.precision),
		};
	}

	sums() {
		const { currency } = this.facts;
		const now = this.totals();
		const off = now.counted ? flt(now.counted - now.in_cash, this.precision) : 0;
		this.area.find(".dlr-answer").html(
			String(html`${figure(__("To the bank"), now.total, currency)}
				${figure(__("Cash"), now.in_cash, currency)}
				${figure(
					now.checks.length === 1 ? __("1 check") : __("{0} checks", [now.checks.length]),
					now.in_checks,
					currency
				)}`)
		);
		this.area
			.find(".dlr-bank-counted")
			.toggleClass("dlr-red", Boolean(off))
			.text(
				!now.counted
					? __("not counted yet")
					: off
					? __("{0} counted, {1} on the slip", [money(now.counted, currency), money(now.in_cash, currency)])
					: __("{0} counted, as on the slip", [money(now.counted, currency)])
			);
		this.frm.page.set_primary_action(__("Take to the Bank"), () => this.take(now));
		this.frm.page.btn_primary.prop("disabled", !now.total || Boolean(off));
	}

	take(now) {
		const { facts, frm } = this;
		const { company, currency } = facts;
		ask({
			title: __("Take to the Bank"),
			fields: [
				{
					fieldtype: "Link",
					fieldname: "bank_account",
					label: __("Bank Account"),
					options: "Account",
					reqd: 1,
					default: facts.bank_account,
					get_query: () => ({
						filters: { company, account_type: "Bank", is_group: 0, disabled: 0 },
					}),
				},
				{
					fieldtype: "Date",
					fieldname: "deposit_date",
					label: __("Date"),
					reqd: 1,
					default: frappe.datetime.get_today(),
				},
				{ fieldtype: "Data", fieldname: "slip_no", label: __("Slip or Bag No") },
			],
			label: __("Take to the Bank"),
			working: __("Booking…"),
			sentence: ({ bank_account }) =>
				fill(__("{0} leave the house for {1}: {2} in cash and {3} in checks."), [
					html`<b>${money(now.total, currency)}</b>`,
					html`<b>${bank_account || "…"}</b>`,
					money(now.in_cash, currency),
					money(now.in_checks, currency),
				]),
			submit: async ({ bank_account, deposit_date, slip_no }, key) => {
				keep(company, key);
				try {
					const made = await call(`${API}take`, {
						company,
						items: JSON.stringify([
							...now.cash.map(({ account, amount, count }) => ({ kind: "Cash", account, amount, count })),
							...now.checks.map(({ doctype, name }) => ({ kind: "Check", doctype, name })),
						]),
						client_key: key,
						bank_account,
						deposit_date,
						slip_no,
						cash: JSON.stringify(
							Object.entries(this.pieces).map(([denomination, pieces]) => ({ denomination, pieces }))
						),
					});
					forget(company);
					return made;
				} catch (refusal) {
					if (!refusal.lost) forget(company);
					throw refusal;
				}
			},
			done: (made) => {
				frappe.show_alert({ message: __("{0} is booked", [made.name]), indicator: "green" });
				frm.doc.__unsaved = 0;
				frappe.set_route("Form", "Bank Deposit", made.name);
			},
		});
	}
}

const plain = (amount) => (amount || 0).toFixed(frappe.boot.sysdefaults.currency_precision || 2);

function from(row) {
	return row.rest ? row.account : row.cashier_name;
}

function shift_words(row) {
	return html`<b>${row.cashier_name}</b>, ${row.pos_profile}
		<div class="dlr-small">${link("Shift Count", row.count)} · ${exact(row.counted_on)}</div>`;
}

function rest_words(row) {
	return html`${__("Not handed in by a shift")}<div class="dlr-small">${row.account}</div>`;
}

function age(row) {
	const words = row.age === 0 ? __("today") : row.age === 1 ? __("1 day") : __("{0} days", [row.age]);
	return row.age > 5 ? html`<span class="dlr-red">${words}</span>` : words;
}

export function figure(label, amount, currency, below = "") {
	return html`<div class="dlr-figure">
		<div class="dlr-label">${label}</div>
		<div class="dlr-amount"><span class="dlr-number">${money(amount || 0, currency)}</span></div>
		${below ? html`<div class="dlr-small">${below}</div>` : ""}
	</div>`;
}

export const may_choose_company = () => companies().length > 1;
