/** What the strip says, as HTML. Owed, held and credit have one word and one colour each, as everywhere. */

import { html, icon, link, trusted } from "../../desk/html";
import { exact, money, when } from "../../desk/words";

export function skeleton() {
	return html`<div class="dlr-strip-wait" aria-busy="true" aria-label="${__("Loading")}"></div>`;
}

export function refused(refusal) {
	return html`<span class="dlr-red">${icon("solid-warning", "sm")} ${trusted(refusal.message)}</span>
		<button type="button" class="btn btn-default dlr-tap" data-act="again">${__("Try Again")}</button>`;
}

/** The one line. */
export function head(data, { acts, found, vehicle, unfolded }) {
	return html`${who(data)}
		<div class="dlr-strip-facts">${warnings(data)} ${unfinished(data)} ${sums(data)}
			${order(data, found)} ${way(data)} ${more(data)}</div>
		${cars(data, vehicle)}
		<div class="dlr-strip-acts">
			${acts.map(
				(act) => html`<button type="button" class="btn btn-default dlr-tap"
					data-act="run" data-id="${act.id}" title="${act.shortcut || ""}">${act.short || act.label}</button>`
			)}
			<button type="button" class="btn btn-default dlr-tap dlr-unfold" data-act="unfold"
				aria-expanded="${String(Boolean(unfolded))}" aria-label="${__("All of it")}"
				title="Shift+F4">${icon(unfolded ? "up-line" : "down", "sm")}</button>
		</div>`;
}

const fact = (body, more = "") => html`<span class="dlr-strip-fact ${more}">${body}</span>`;

function who(data) {
	return html`<button type="button" class="dlr-strip-who" data-act="find" title="${__("Change the customer")} (F2)">
			${data.customer_name}</button>`;
}

function way(data) {
	if (!data.phone && !data.contact_by) return "";
	return fact(
		html`${data.phone}
		${data.contact_by
			? html`<span class="text-muted" title="${__("Wants to be reached by")}">${__(data.contact_by)} ✓</span>`
			: ""}`
	);
}

function sums(data) {
	if (!data.money) return "";
	const { owed, held, credit } = data.money;
	return [
		owed ? sum(__("Owes"), owed, data.currency, "dlr-orange") : fact(html`<span class="text-muted">${__("Owes nothing")}</span>`),
		held ? sum(__("Held"), held, data.currency, "dlr-blue") : "",
		credit ? sum(__("Credit"), credit, data.currency, "dlr-green") : "",
	];
}

function sum(word, amount, currency, tone) {
	return fact(html`<span class="text-muted">${word}</span> <b class="${tone}">${money(amount, currency)}</b>`);
}

/** The order that was named, else the one with most to pay. */
function order(data, found) {
	const rows = data.orders?.rows || [];
	const row = rows.find(({ name }) => name === found?.name) || rows.find(({ outstanding }) => outstanding > 0);
	if (!row) return rows.length ? fact(html`${rows.length === 1 ? rows[0].name : __("{0} orders", [rows.length])}`) : "";
	const named = row.name === found?.name ? "dlr-strip-named" : "";
	if (!(row.outstanding > 0)) {
		return fact(html`${row.name} <span class="text-muted">${__(row.status)}</span>`, named);
	}
	return fact(
		html`<button type="button" class="dlr-strip-go" data-act="collect" data-doctype="Repair Order"
			data-name="${row.name}" title="${__("Collect for this order")}">${row.name}
			<b class="dlr-orange">${money(row.outstanding, row.currency)}</b></button>`,
		named
	);
}

function more(data) {
	const parts = [];
	const { deal, promises } = data;
	if (deal) parts.push(html`${deal.name} <span class="text-muted">${__(deal.stage)}</span>`);
	if (promises?.count) {
		const count = promises.more ? `${promises.count}+` : promises.count;
		parts.push(
			html`<span class="${promises.late ? "dlr-red" : ""}">${promises.count === 1 ? __("1 promise") : __("{0} promises", [count])}${
				promises.late ? html`, ${__("{0} late", [promises.late])}` : ""
			}</span>`
		);
	}
	return parts.map((part) => fact(part));
}

const CHIPS = 2;

/** The cars, the chosen one first; a narrow screen has room for one. */
function cars(data, vehicle) {
	const all = [...(data.vehicles || [])];
	if (vehicle && !all.some(({ name }) => name === vehicle.name)) all.unshift(vehicle);
	if (!all.length) return "";
	const rows = [...all.filter(({ name }) => name === vehicle?.name), ...all.filter(({ name }) => name !== vehicle?.name)];
	const shown = rows.slice(0, CHIPS);
	const others = rows.length > 1 ? html`<button type="button" class="dlr-chip dlr-chip-more ${rows.length > CHIPS ? "" : "dlr-narrow"}"
		data-act="run" data-id="vehicle" aria-label="${__("Other vehicles")}" title="Shift+F2">…</button>` : "";
	return html`<span class="dlr-strip-cars" role="group" aria-label="${__("Vehicle of the lines to come")}">
		${shown.map(
			(car) => html`<button type="button" class="dlr-chip" data-act="vehicle" data-name="${car.name}"
				aria-pressed="${String(car.name === vehicle?.name)}"
				title="${car.title}. ${__("Lines that you add are for this vehicle")}">${short(car.title)}</button>`
		)}${others}
	</span>`;
}

/** Without its year; the name gives way, the end of the VIN stays. */
function short(title) {
	const [name, tail] = String(title).replace(/^\d{4} /, "").split(" …");
	return html`<span class="dlr-chip-name">${name}</span>${tail ? html`<span>&nbsp;…${tail.slice(-4)}</span>` : ""}`;
}

function unfinished(data) {
	return [
		...data.unfinished.map((row) =>
			fact(
				html`<button type="button" class="dlr-strip-go dlr-red" data-act="open" data-doctype="Counter Receipt"
					data-name="${row.name}">${__("{0} is not finished", [row.name])}</button>`
			)
		),
		...data.cards.map((row) =>
			fact(
				html`<button type="button" class="dlr-strip-go dlr-orange" data-act="card" data-name="${row.name}">
					${__("Card of {0} under way", [money(row.amount, data.currency)])}</button>`
			)
		),
	];
}

function warnings({ warnings: rows }) {
	if (!rows.length) return "";
	const tone = rows.some((row) => row.tone === "red") ? "dlr-red" : "dlr-orange";
	const text = rows.length === 1 ? rows[0].text : __("{0} warnings", [rows.length]);
	return fact(
		html`<button type="button" class="dlr-strip-go ${tone}" data-act="unfold"
			title="${rows.map((row) => row.text).join("\n")}">${icon("solid-warning", "sm")} ${text}</button>`
	);
}

/** Unfolded: everything, each with its way. */
export function details(data, { found }) {
	const parts = [
		orders(data, found),
		deposits(data),
		deal(data),
		promises(data),
		warned(data),
		reach(data),
	].filter(Boolean);
	return html`<div class="dlr-strip-parts">${parts}</div>`;
}

const part = (title, rows) => html`<section><h4>${title}</h4>${rows}</section>`;
const row = (left, right = "", extra = "") =>
	html`<div class="dlr-strip-row ${extra}"><div>${left}</div><div class="dlr-strip-right">${right}</div></div>`;

function orders(data, found) {
	if (!data.orders?.rows.length) return "";
	return part(__("Repair Orders"), [
		...data.orders.rows.map((one) =>
			row(
				html`${link("Repair Order", one.name)} ${one.vehicle_title || ""}
					<div class="dlr-small">${__(one.status)}${one.promised_at ? html` · ${__("promised")} ${when(one.promised_at)}` : ""}</div>`,
				one.outstanding > 0
					? html`<b class="dlr-orange">${money(one.outstanding, one.currency)}</b>
							<button type="button" class="btn btn-default dlr-tap" data-act="collect" data-doctype="Repair Order"
							data-name="${one.name}">${__("Collect")}</button>`
					: html`<span class="text-muted">${__("nothing to pay yet")}</span>`,
				one.name === found?.name ? "dlr-strip-named" : ""
			)
		),
		data.orders.more ? html`<div class="dlr-small">${__("There are more open orders.")}</div>` : "",
	]);
}

function deposits(data) {
	if (!data.deposits?.length) return "";
	return part(
		__("Deposits"),
		data.deposits.map((one) =>
			row(
				html`${link("Deposit", one.name)} ${one.vehicle_title || one.held_for || ""}
					<div class="dlr-small">${__(one.status)}${one.hold_until ? html` · ${__("held until {0}", [exact(one.hold_until)])}` : ""}</div>`,
				one.status === "Draft"
					? html`${money(one.amount, one.currency)}
							<button type="button" class="btn btn-default dlr-tap" data-act="deposit" data-name="${one.name}">${__("Take")}</button>`
					: html`<b class="dlr-blue">${money(one.held_amount, one.currency)}</b>`
			)
		)
	);
}

function deal({ deal: one }) {
	if (!one) return "";
	return part(__("Deal"), [
		row(
			html`${link("Deal Jacket", one.name)} ${one.vehicle_title || one.wanted || ""}
				<div class="dlr-small">${__(one.stage)}${one.others > 0 ? html` · ${__("{0} more", [one.others])}` : ""}</div>`,
			one.balance > 0
				? html`<b class="dlr-orange">${money(one.balance, one.currency)}</b>
						<button type="button" class="btn btn-default dlr-tap" data-act="collect" data-doctype="Deal Jacket"
						data-name="${one.name}">${__("Collect")}</button>`
				: ""
		),
	]);
}

function promises({ promises: all }) {
	if (!all?.count) return "";
	return part(__("Promises"), [
		row(
			html`${link("Follow Up", all.first.name, all.first.title)}
				<div class="dlr-small ${all.late ? "dlr-red" : ""}">${when(all.first.due_at)}</div>`,
			all.count > 1 ? html`<span class="text-muted">${__("{0} more", [all.more ? `${all.count - 1}+` : all.count - 1])}</span>` : ""
		),
	]);
}

function warned({ warnings: rows }) {
	if (!rows.length) return "";
	return part(
		__("Warnings"),
		rows.map((one) =>
			row(
				html`<span class="dlr-${one.tone}">${icon("solid-warning", "sm")} ${one.text}</span>`,
				one.name ? link(one.doctype, one.name, __("Open")) : ""
			)
		)
	);
}

function reach(data) {
	return part(__("Customer"), [
		row(
			html`${link("Customer", data.customer, data.customer_name)}
				<div class="dlr-small">${[data.phone, data.email].filter(Boolean).join(" · ")}</div>`,
			html`<button type="button" class="btn btn-default dlr-tap" data-act="find">${__("Change (F2)")}</button>`
		),
	]);
}
