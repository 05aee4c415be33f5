/** The end: the number, what goes back into the customer's hand, paper, and the next one. */

import { html, link } from "../../desk/html";
import { tenders_of } from "./follow";

export function done_step(steps, state) {
	const { shell, opts } = steps;
	shell.clear();
	shell.title(state.status === "Given Up" ? __("Given Up") : __("Collected"));
	shell.body(state.status === "Given Up" ? given_up(state) : taken(state));
	if (state.status === "Given Up") {
		shell.main(__("Close"), () => shell.hide());
	} else {
		const print = dealer.counter?.receipts?.print;
		if (print) {
			shell.second(__("Print"), () => print({ doctype: "Counter Receipt", name: state.receipt }));
		}
		shell.main(opts.next ? __("Next Customer") : __("Done"), () => {
			shell.hide();
			opts.next?.();
		});
	}
	shell.when_shown(() => shell.primary.trigger("focus"));
}

function taken(state) {
	const money = (amount) => format_currency(amount, state.currency);
	return html`<div class="dlr-collect-done" data-receipt="${state.receipt}">
		${
			state.change_amount > 0
				? html`<div class="dlr-collect-hand" role="status">
						<div>${__("Change")}</div>
						<div class="dlr-collect-big">${money(state.change_amount)}</div>
				  </div>`
				: html`<div class="dlr-collect-hand dlr-collect-exact" role="status">
						<div>${__("Received")}</div>
						<div class="dlr-collect-big">${money(state.amount)}</div>
				  </div>`
		}
		<div class="dlr-collect-number">
			${link("Counter Receipt", state.receipt)} · ${state.customer_name}
			${state.repeated ? html`<div class="dlr-small">${__("It was taken already, and is taken once.")}</div>` : ""}
		</div>
		<table class="dlr-collect-parts">
			<tbody>
				${state.lines.map(
					(line) => html`<tr>
						<td>${line.what || line.name}</td>
						<td class="dlr-small">${
							line.open > line.paid ? __("{0} stays open", [money(line.open - line.paid)]) : ""
						}</td>
						<td class="dlr-money">${money(line.paid)}</td>
					</tr>`
				)}
				${
					state.credit_amount > 0
						? html`<tr><td>${__("Customer's credit")}</td><td></td>
								<td class="dlr-money dlr-blue">${money(state.credit_amount)}</td></tr>`
						: ""
				}
			</tbody>
		</table>
		${tenders_of({ ...state, tenders: state.tenders.filter((row) => row.state !== "Failed") })}
	</div>`;
}

function given_up(state) {
	return html`<div class="dlr-collect-done">
		<p>${__("Receipt {0} was given up. Nothing of it was taken.", [state.receipt])}</p>
	</div>`;
}
