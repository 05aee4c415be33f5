/** The top of a Deal form: the way it goes, what is missing, the money, the car, what was promised. */

import { fill, html, link, person, raw, trusted } from "../desk/html";
import { exact, money, when } from "../desk/words";
import { is_working } from "./status";

export function overview(doc, facts) {
	return html`<div class="dlr-overview">
		${path(doc, facts)}
		<div class="dlr-answer">${figures(doc, facts)} ${car(doc, facts)}</div>
		${others(facts)} ${missing(doc, facts)} ${promises(facts)}
	</div>`;
}

function path(doc, facts) {
	const lost = doc.stage === "Lost";
	const here = facts.path.indexOf(lost ? doc.stage_before : doc.stage);
	const steps = facts.path.map((stage, at) => {
		const reached = facts.reached[stage];
		const state = lost && at === here ? "lost" : at === here ? "here" : at < here ? "done" : "";
		return html`<li
			class="${state && `dlr-path-${state}`}"
			title="${reached ? exact(reached) : ""}"
			${state === "here" ? raw('aria-current="step"') : ""}
		>
			${__(stage)}
		</li>`;
	});
	return html`<ol class="dlr-path" aria-label="${__("Stages")}">
		${steps}${lost ? html`<li class="dlr-path-lost">${__("Lost")}</li>` : ""}
	</ol>`;
}

function figure(label, value, small = "", tone = "") {
	return html`<div class="dlr-figure">
		<div class="dlr-label">${label}</div>
		<div class="dlr-fact ${tone}">${value}</div>
		${small ? html`<div class="dlr-small">${small}</div>` : ""}
	</div>`;
}

function figures(doc, facts) {
	const { currency } = doc;
	const rows = [
		[__("Total"), doc.total_due],
		[__("Trade"), doc.trade_equity],
		[__("Held"), doc.deposits_held],
		[__("Paid"), doc.paid_amount],
		[__("Financed"), doc.financed_amount],
	]
		.filter(([, value], at) => value || at === 0)
		.map(([label, value]) => figure(label, value ? money(value, currency) : "–"));
	if (doc.total_due) {
		rows.push(
			figure(
				__("Balance"),
				money(doc.balance || 0, currency),
				"",
				doc.balance > 0 ? "dlr-orange" : ""
			)
		);
	}
	const held = facts.deposits.filter((row) => row.held_amount || row.status === "Draft");
	if (held.length) {
		rows.push(html`<div class="dlr-figure">
			<div class="dlr-label">${__("Deposits")}</div>
			${held.map(
				(row) => html`<div class="dlr-small">
					${link("Deposit", row.name)}
					${row.held_amount ? money(row.held_amount, row.currency) : __(row.status)}
				</div>`
			)}
		</div>`);
	}
	return html`${rows}`;
}

function car(doc, facts) {
	const { hold } = facts;
	let small = "";
	let tone = "";
	if (hold?.ours) {
		small = fill(__("held until {0}"), [when(hold.until)]);
	} else if (hold) {
		small = fill(__("held for {0} until {1}"), [hold.customer_name, exact(hold.until)]);
		tone = "dlr-red";
	} else if (doc.vehicle && is_working(doc)) {
		small = __("not held");
	}
	return html`<div class="dlr-figure">
		<div class="dlr-label">${__("Vehicle")}</div>
		<div class="dlr-fact">
			${doc.vehicle ? link("Dealer Vehicle", doc.vehicle, doc.vehicle_title) : doc.wanted || "–"}
		</div>
		${small ? html`<div class="dlr-small ${tone}">${small}</div>` : ""}
		<div class="dlr-small">${__("Salesperson")}: ${person(doc.salesperson)}</div>
	</div>`;
}

function others(facts) {
	if (!facts.others.length) return "";
	return html`<div class="dlr-note dlr-note-orange">
		<div>
			<b
				>${
					facts.others.length === 1
						? __("Another deal is on this car")
						: __("{0} other deals are on this car", [facts.others.length])
				}</b
			>
			${facts.others.map(
				(row) => html`<div>
					${link("Deal Jacket", row.name)} ${row.customer_name} · ${__(row.stage)} ·
					${person(row.salesperson)}${row.holds ? html` · <b>${__("holds it")}</b>` : ""}
				</div>`
			)}
		</div>
	</div>`;
}

function missing(doc, facts) {
	if (doc.stage === "Lost") {
		return html`<div class="dlr-note">
			<div>
				<b>${__("Lost")}: ${__(doc.lost_reason || "")}</b> ${doc.lost_note || ""}
				<span class="dlr-small">${when(doc.lost_at)}</span>
			</div>
		</div>`;
	}
	if (!facts.next || !is_working(doc) || !facts.missing.length) return "";
	return html`<div class="dlr-note">
		<div>
			<b>${__("Before {0}", [__(facts.next)])}</b>
			<ul class="dlr-deal-missing">
				${facts.missing.map(
					(row) => html`<li>
						<a href="#" data-dlr="remedy" data-code="${row.code}">${trusted(row.text)}</a>
					</li>`
				)}
			</ul>
		</div>
	</div>`;
}

function promises(facts) {
	const rows = [
		...facts.appointments.map(
			(row) => html`<div class="dlr-small">
				${link("Showroom Appointment", row.name, __(row.purpose || "Visit"))} ${when(row.starts_at)}
			</div>`
		),
		...facts.promises.map(
			(row) => html`<div class="dlr-small">
				${link("Follow Up", row.name, row.title)} ${row.status === "Open" ? when(row.due_at) : when(row.opens_at)}
				${row.owner_user ? html`· ${person(row.owner_user)}` : ""}
			</div>`
		),
	];
	if (!rows.length) return "";
	return html`<div class="dlr-section">
		<div class="dlr-label">${__("Promised")}</div>
		${rows}
	</div>`;
}

export function history(facts) {
	if (!facts.history.length) return html`<p class="dlr-small">${__("Nothing yet.")}</p>`;
	return html`<ul class="dlr-rows">
		${facts.history.map(
			(row) => html`<li>
				<div class="dlr-row-main">
					${row.title}
					<div class="dlr-small">
						${when(row.happened_at)} · ${person(row.actor)}
						${row.amount ? html` · ${money(row.amount, row.currency)}` : ""}
					</div>
				</div>
			</li>`
		)}
	</ul>`;
}
