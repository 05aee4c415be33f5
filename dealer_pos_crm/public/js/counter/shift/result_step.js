/** Counted beside expected, why they differ, and how the closing ended. */

import { fill, html, link, trusted } from "../../desk/html";
import { too_short } from "../../desk/reason";
import { money, signed } from "../../desk/words";
import { note } from "./count_step";

const REASONS = [
	["Counting Error", __("Counting Error")],
	["Wrong Change", __("Wrong Change")],
	["Missing Receipt", __("Missing Receipt")],
	["Paid Out Not Recorded", __("Paid Out Not Recorded")],
	["Unknown", __("Unknown")],
	["Other", __("Other")],
];

export function table(count) {
	const cell = (amount) => html`<td class="dlr-money">${amount ? money(amount, count.currency) : "–"}</td>`;
	return html`<table class="dlr-shift-table dlr-shift-result">
		<thead>
			<tr>
				<th>${__("Mode of Payment")}</th>
				${[__("Opening"), __("Sales"), __("Payments"), __("Paid Out"), __("Expected"), __("Counted"), __("Difference")].map(
					(label) => html`<th class="dlr-money">${label}</th>`
				)}
			</tr>
		</thead>
		<tbody>
			${count.modes.map(
				(row) => html`<tr data-mode="${row.mode}">
					<td>${row.mode}${slips(row)}</td>
					${cell(row.opening)} ${cell(row.sales)} ${cell(row.payments)} ${cell(row.refunds)}
					<td class="dlr-money"><b>${money(row.expected, count.currency)}</b></td>
					<td class="dlr-money"><b>${money(row.counted, count.currency)}</b></td>
					<td class="dlr-money ${tone(row.difference)}">
						${row.difference ? signed(row.difference, count.currency) : ""}
						<div class="dlr-small">${row.words}</div>
					</td>
				</tr>`
			)}
		</tbody>
	</table>`;
}

function slips({ slips: number }) {
	if (!number) return "";
	return html`<div class="dlr-small">${number === 1 ? __("1 slip") : __("{0} slips", [number])}</div>`;
}

const tone = (difference) => (difference < 0 ? "dlr-red" : difference > 0 ? "dlr-orange" : "");

/** @param {{submit: (why: object) => any, again: () => any}} acts */
export function show_result(shell, count, acts) {
	shell.clear();
	shell.title(__("Close Shift: {0}", [count.words]));
	shell.body(
		html`<div class="dlr-shift">
			${table(count)}
			${count.needs_reason
				? html`<div class="dlr-shift-why">
						<label>${__("Reason")}
							<select class="form-control" data-reason>
								<option value="">${__("Choose…")}</option>
								${REASONS.map(([value, label]) => html`<option value="${value}">${label}</option>`)}
							</select>
						</label>
						<label>${__("How it came about")}
							<input class="form-control" type="text" maxlength="300" autocomplete="off" data-note />
						</label>
				  </div>`
				: ""}
		</div>`
	);
	const reason = shell.area.find("[data-reason]");
	const said = shell.area.find("[data-note]");
	const why = () => ({ reason: reason.val() || "", note: said.val() || "" });
	const refresh = () => {
		const ready = !count.needs_reason || (why().reason && !too_short(why().note));
		shell.main(__("Close Shift"), () => acts.submit(why()), !ready);
		shell.say(sentence(count, ready));
	};
	shell.area.find(".dlr-shift-why").on("input change", refresh);
	shell.second(__("Count Again"), acts.again);
	refresh();
	shell.when_shown(() => (count.needs_reason ? reason : shell.primary).trigger("focus"));
}

function sentence(count, ready) {
	if (!ready) return __("Choose a reason and say in a few words how it came about.");
	if (count.needs_approval) {
		return __("From {0} over or short a manager has to agree. The shift takes no sale from now on.", [
			money(count.limit, count.currency),
		]);
	}
	return __("The sales are booked and the shift takes no sale and no payment any more.");
}

/** How it stands after it was handed in. @param acts {approve, reopen, try_again, print, leave} */
export function show_end(shell, count, acts) {
	shell.clear();
	const ends = {
		waits: () => {
			shell.title(__("A Manager Has to Agree"));
			shell.main(__("Approve Here…"), acts.approve);
			shell.second(__("Count Again"), acts.reopen);
			return note("orange", html`<b>${count.words}</b>. ${count.approval_reason} ${__("Managers were told.")}`);
		},
		queued: () => {
			shell.title(__("Booking the Sales…"));
			shell.no_main();
			return note("blue", __("There are many sales: they are booked in the background. This takes a minute or two."));
		},
		failed: () => {
			shell.title(__("Not Closed"));
			shell.main(__("Try Again"), acts.try_again);
			return note(
				"red",
				html`<b>${__("The closing failed; nothing is lost, and a manager was told.")}</b>
					<div>${trusted(count.closing_problem)}</div>`
			);
		},
		closed: () => {
			shell.title(__("Shift Closed"));
			shell.main(__("Print Shift Report"), acts.print);
			shell.second(__("Done"), acts.leave);
			return html`<p class="dlr-done" role="status">${fill(__("{0}: {1}."), [
				html`<b>${link("POS Closing Entry", count.closing_entry)}</b>`,
				count.words,
			])}</p>
			${count.booking === "Failed"
				? note("orange", __("Over and short is not booked yet: {0} It is tried again by itself.", [count.booking_problem]))
				: ""}`;
		},
	};
	const head = (ends[where(count)] || ends.queued)();
	shell.body(html`<div class="dlr-shift">${head} ${table(count)}</div>`);
	shell.when_shown(() => shell.primary.is(":visible") && shell.primary.trigger("focus"));
}

export function where(count) {
	if (count.status === "Closed") return "closed";
	if (count.status === "Closing Failed") return "failed";
	if (count.waits) return "waits";
	return count.status === "Counted" ? "queued" : "counting";
}
