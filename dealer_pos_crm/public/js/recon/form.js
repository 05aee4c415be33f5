/** The Vehicle Recon form: how the car stands on top, its steps below, one thing to do in each. */

import { html, icon, link, ours, pill, trusted } from "../desk/html";
import { call } from "../desk/server";
import { exact, money, when } from "../desk/words";
import { add_step, cancel } from "./acts";
import { draw } from "./board";
import { color_of, days_of, is_behind } from "./status";

const GET = { type: "GET" };

export function setup(frm) {
	ours(frm);
}

export async function refresh(frm) {
	frm.toggle_display(
		["vehicle", "company", "template", "vehicle_title", "status", "started_at", "ready_at", "days", "current_step", "due_at", "parts_eta",
			"estimate", "cost", "holding_cost", "cost_section"],
		false
	); // said by the board
	if (frm.is_new()) return;
	const name = frm.doc.name;
	let recon;
	try {
		recon = await call("dealer_pos_crm.api.recon.get_board", { recon: name }, GET);
	} catch (refusal) {
		frm.fields_dict.board.$wrapper.html(
			String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`)
		);
		return;
	}
	if (frm.doc.name === name) show(frm, recon);
}

function show(frm, recon) {
	const changed = (answer) => {
		if (!answer) return frm.reload_doc();
		frm.reload_doc(); // the fields and the timeline follow
		if (answer.status === "Front-line Ready" && recon.status === "Open") {
			frappe.show_alert({ message: __("{0} is front-line ready", [frappe.utils.escape_html(frm.doc.vehicle_title)]), indicator: "green" });
		}
	};
	const $board = frm.fields_dict.board.$wrapper;
	$board.html(`${head(frm, recon)}<div class="dlr-recon-board"></div>`);
	draw($board.find(".dlr-recon-board"), recon, changed);
	frm.page.clear_custom_actions?.();
	if (recon.may.manage) {
		frm.add_custom_button(__("Add a Step"), () => add_step(recon, changed));
		frm.page.add_menu_item(__("Cancel the Recon"), () => cancel(recon, changed), true);
	}
	frm.page.set_indicator(__(recon.status), color_of(recon.status));
}

function head(frm, recon) {
	const done = recon.steps.filter(is_behind).length;
	const facts = [
		[__("Car"), link("Dealer Vehicle", recon.vehicle, frm.doc.vehicle_title)],
		[__("Time"), days_of(recon)],
		[__("Steps"), __("{0} of {1}", [done, recon.steps.length])],
		[
			recon.ready_at ? __("Front-line Ready") : __("Started"),
			when(recon.ready_at || recon.started_at),
		],
	];
	if (recon.may.see_cost) {
		facts.push(
			[__("Cost"), html`<b>${money(recon.cost, recon.currency)}</b>${
				recon.estimate ? html` <span class="text-muted">${__("of {0} estimated", [money(recon.estimate, recon.currency)])}</span>` : ""
			}`],
			[__("Holding Cost"), money(recon.holding, recon.currency)]
		);
	}
	return String(
		html`<div class="dlr-recon-head">
			${facts.map(
				([label, value]) => html`<div><div class="dlr-label">${label}</div><div>${value}</div></div>`
			)}
		</div>`
	);
}

/** The recon of a car in one line, for its own form. */
export function line(recon) {
	if (!recon) return html`<span class="text-muted">${__("Not in recon yet")}</span>`;
	return html`<div class="dlr-recon-line">
		${link("Vehicle Recon", recon.name)} ${pill(__(recon.status), color_of(recon.status))}
		<span>${days_of(recon)}</span>
		<ol>
			${recon.steps.map(
				(step) => html`<li
					class="${is_behind(step) ? "dlr-behind" : step.status === "Waiting" ? "" : "dlr-now"} ${step.late ? "dlr-late" : ""}"
					title="${__(step.status)}${step.owner ? ` · ${step.owner}` : ""}${step.due_at && !is_behind(step) ? ` · ${__("due {0}", [exact(step.due_at)])}` : ""}"
				>
					${step.status === "Done" ? icon("tick", "xs") : ""}${__(step.step)}
				</li>`
			)}
		</ol>
	</div>`;
}
