/** The steps of one car side by side: who has it, until when, what it costs, and the next thing to do. */

import { html, link } from "../desk/html";
import { exact, money } from "../desk/words";
import { LABELS, arrange, first_of, run } from "./acts";
import { is_behind, step_pill, time_of } from "./status";

export function draw($wrapper, recon, changed) {
	$wrapper.html(String(html`<div class="dlr-recon" role="list">${recon.steps.map((step, at) => card(recon, step, at))}</div>`));
	$wrapper.off("click.dlr").on("click.dlr", "[data-act]", (event) => {
		const button = event.currentTarget;
		const step = recon.steps.find((row) => row.key === button.closest("[data-key]").dataset.key);
		event.preventDefault();
		if (button.dataset.act === "arrange") return arrange(recon, step, changed);
		run(button.dataset.act, recon, step, changed);
	});
}

function card(recon, step, at) {
	const first = first_of(step);
	const is_next = step === recon.steps.find((row) => !is_behind(row));
	const labels = LABELS();
	const rest = step.can.filter((act) => act !== first);
	const may_arrange = recon.may.manage && !is_behind(step);
	return html`<section
		class="dlr-recon-step ${is_behind(step) ? "dlr-behind" : ""} ${step.late ? "dlr-late" : ""}"
		role="listitem"
		data-key="${step.key}"
		data-step="${step.step}"
		aria-label="${__(step.step)}"
	>
		<header>
			<b>${at + 1}. ${__(step.step)}</b>
			${step_pill(step)}
		</header>
		<div class="dlr-recon-owner ${step.owner ? "" : "text-muted"}">${step.owner || __("Nobody yet")}</div>
		<div>${time_of(step)}</div>
		${step.parts_eta
			? html`<div class="${step.parts_late ? "dlr-red" : "dlr-orange"}">
					${__("Parts {0}", [frappe.datetime.str_to_user(step.parts_eta)])}
					${step.parts_late ? ` · ${__("late")}` : ""}
			  </div>`
			: ""}
		${step.status === "Waiting for Approval"
			? html`<div class="dlr-small">
					${__("Asked by {0}", [step.asked_by || "-"])}${recon.may.see_cost
						? html`: <b>${money(step.estimate, recon.currency)}</b>`
						: ""}
			  </div>`
			: ""}
		${costs(recon, step)}
		${step.repair_order ? html`<div>${link("Repair Order", step.repair_order)}</div>` : ""}
		${step.note ? html`<div class="dlr-small dlr-recon-note">${step.note}</div>` : ""}
		<footer>
			${first
				? html`<button class="btn btn-xs ${is_next ? "btn-primary" : "btn-default"}" data-act="${first}">${labels[first]}</button>`
				: ""}
			${rest.length || may_arrange
				? html`<div class="dropdown">
						<button
							class="btn btn-xs btn-default"
							data-toggle="dropdown"
							aria-haspopup="true"
							aria-label="${__("More for {0}", [__(step.step)])}"
						>
							⋯
						</button>
						<div class="dropdown-menu">
							${rest.map(
								(act) =>
									html`<a class="dropdown-item" href="#" data-act="${act}">${labels[act]}</a>`
							)}
							${may_arrange
								? html`<a class="dropdown-item" href="#" data-act="arrange"
										>${__("Owner, Estimate, Repair Order")}</a
								  >`
								: ""}
						</div>
				  </div>`
				: ""}
		</footer>
	</section>`;
}

function costs(recon, step) {
	if (!recon.may.see_cost || step.status === "Waiting for Approval") return "";
	if (is_behind(step) || step.cost) {
		return html`<div class="dlr-recon-cost" title="${step.done_at ? exact(step.done_at) : ""}">
			${money(step.cost, recon.currency)}
			${step.estimate ? html`<span class="text-muted">/ ${money(step.estimate, recon.currency)}</span>` : ""}
		</div>`;
	}
	return step.estimate
		? html`<div class="dlr-recon-cost text-muted">${__("Estimate {0}", [money(step.estimate, recon.currency)])}</div>`
		: "";
}
