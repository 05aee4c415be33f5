/** A receipt that is not over: a card at its reader, something to book, or one that somebody left. */

import { ask } from "../../desk/ask";
import { no_reason, reason_field } from "../../desk/reason";
import { html } from "../../desk/html";
import { call } from "../../desk/server";
import { when } from "../../desk/words";
import { MOVING, card_of, panel, since, test_mode } from "../../card/words";
import { Compose } from "./compose";

const API = "dealer_pos_crm.api.counter_receipt.";
const READER = "dealer_pos_crm.api.terminal.";
const TOPIC = "dealer_card_payment";
const EVERY = 2000;

/** Receipts that were begun for this customer and left: the first thing that one sees. */
export function unfinished_step(steps, rows) {
	const { shell, facts } = steps;
	const [row] = rows;
	shell.title(__("Unfinished Receipt of {0}", [facts.customer_name]));
	const body = shell.body(html`<div class="dlr-collect-left">
		<p>${__("Money was being collected here, and it was not finished:")}</p>
		<ul>
			${rows.map(
				(one) => html`<li><b>${one.name}</b> · ${format_currency(one.amount, one.currency)} · ${when(one.at)} ·
					${frappe.user.full_name(one.taken_by)}</li>`
			)}
		</ul>
	</div>`);
	body.find("ul").toggleClass("list-unstyled", rows.length === 1);
	const go_on = async () => {
		shell.busy(true);
		try {
			const state = await call(API + "look", { receipt_name: row.name });
			shell.busy(false);
			if (state.status === "Collecting") follow(steps, state);
			else steps.over(state);
		} catch (refusal) {
			shell.busy(false);
			shell.refuse(refusal);
		}
	};
	shell.main(__("Go On with {0}", [row.name]), go_on);
	shell.second(__("New Receipt"), () => steps.compose());
	shell.when_shown(() => shell.primary.trigger("focus"));
}

/** Look on until it is over. */
export function follow(steps, first) {
	const { shell } = steps;
	let receipt = first;
	let card = null;
	let asking = false;
	let timer = null;

	const is_over = () => receipt.status !== "Collecting";

	function draw() {
		shell.clear();
		shell.title(__("Receipt {0}", [receipt.receipt]));
		shell.body(html`<div class="dlr-collect-follow">
			${card ? html`${test_mode(card)} ${panel(card, since(card.creation))}` : waiting(receipt)}
			${tenders_of(receipt)}
		</div>`);
		buttons();
		if (receipt.card_problem && !card) shell.refuse({ message: receipt.card_problem });
		shell.when_shown(() => shell.primary.is(":visible:enabled") && shell.primary.trigger("focus"));
	}

	function buttons() {
		const moves = new Set(card?.moves || []);
		const at_reader = card && !card.over;
		if (at_reader && moves.has("send")) {
			shell.main(card.phase === "Declined" ? __("Try Another Card") : __("Send to Reader"), () =>
				act(() => call(READER + "send", { card_payment: card.name }).then(seen))
			);
		} else if (at_reader) {
			shell.no_main(); // it comes by itself
			if (card.simulated && card.phase === "On Reader") {
				shell.extra(__("Present Test Card"), () =>
					act(() => call(READER + "present_test_card", { card_payment: card.name }).then(seen))
				);
			}
			if (card.silent) shell.main(__("Look Again"), () => act(() => look(true)));
		} else {
			shell.main(receipt.card ? __("Send to Reader Again") : __("Finish"), () => act(finish));
		}
		shell.second(__("Pay in Another Way"), () => other_way());
		shell.extra(__("Give Up"), () => give_up());
	}

	async function act(run) {
		if (asking) return;
		asking = true;
		clearTimeout(timer);
		shell.refuse(null);
		shell.busy(true);
		try {
			await run();
		} catch (refusal) {
			if (!refusal?.message) throw refusal;
			draw();
			shell.refuse(refusal);
		} finally {
			asking = false;
			shell.busy(false);
			wait();
		}
	}

	function seen(state) {
		card = state;
		if (!is_over()) draw();
	}

	/** The card that is to be charged now, once the provider was asked for it. */
	const waiting_card = () => receipt.card?.card_payment || null;

	async function look(again = false) {
		const row = waiting_card();
		if (!row) return got(await call(API + "look", { receipt_name: receipt.receipt }));
		const state = await call(READER + "look", { card_payment: row.name, again });
		const same = card && ["phase", "note", "silent", "sends"].every((field) => card[field] === state[field]);
		card = state;
		if (card.phase === "Paid") return finish();
		if (!same) draw();
	}

	async function finish() {
		got(await call(API + "finish", { receipt_name: receipt.receipt }));
	}

	/** A newer state of the receipt. */
	function got(state) {
		receipt = state;
		if (is_over()) return end();
		const row = waiting_card();
		if (!row || row.name !== card?.name) card = null;
		draw();
	}

	function end() {
		stop();
		steps.over(receipt);
	}

	function wait() {
		clearTimeout(timer);
		if (!shell.is_open || is_over() || stopped || !waiting_card()) return;
		if (card?.over && card.phase !== "Paid") return;
		timer = setTimeout(poll, !card || MOVING.has(card.phase) ? EVERY : 3 * EVERY);
	}

	async function poll() {
		if (asking || stopped || !shell.is_open) return wait();
		asking = true;
		try {
			await look();
		} catch (refusal) {
			if (!refusal?.message) throw refusal;
			if (!refusal.lost) shell.refuse(refusal);
		} finally {
			asking = false;
			wait();
		}
	}

	/** What is not booked yet, paid otherwise. The card is taken off its reader by the server. */
	function other_way() {
		stop();
		shell.clear();
		shell.title(__("Receipt {0}: Another Way", [receipt.receipt]));
		const payables = receipt.lines
			.map((line) => ({ ...line, open: left_of(line, receipt) }))
			.filter(({ open }) => open > 0);
		const step = new Compose(
			shell,
			{ ...steps.facts, payables },
			{
				fixed: true,
				collect: async ({ tenders, keep_rest }) => {
					shell.busy(true, __("Collecting…"));
					try {
						const state = await call(API + "replace", { receipt_name: receipt.receipt, tenders, keep_rest });
						shell.busy(false);
						if (state.status === "Collecting") follow(steps, state);
						else steps.over(state);
					} catch (refusal) {
						shell.busy(false);
						step.refresh();
						shell.refuse(refusal);
					}
				},
			}
		);
		shell.second(__("Back"), () => follow(steps, receipt));
	}

	function give_up() {
		stop();
		ask({
			title: __("Give Up {0}", [receipt.receipt]),
			label: __("Give Up"),
			danger: true,
			fields: [reason_field()],
			missing: no_reason,
			sentence: () => __("No more money is taken for this receipt. What a card paid already stays booked."),
			submit: ({ reason }) => call(API + "give_up", { receipt_name: receipt.receipt, reason }),
			done: (state) => steps.over(state),
		});
	}

	let stopped = false;
	function stop() {
		stopped = true;
		clearTimeout(timer);
		frappe.realtime.off(TOPIC, heard);
		shell.gone = null;
	}

	const heard = ({ card_payment }) => card_payment === card?.name && poll();
	frappe.realtime.on(TOPIC, heard);
	shell.gone = () => {
		stop();
		frappe.show_alert(
			{ message: __("Receipt {0} is not finished. Open Collect again to see it.", [receipt.receipt]), indicator: "orange" },
			10
		);
	};
	if (is_over()) return end();
	draw();
	if (waiting_card()) poll();
}

const left_of = (line, { currency }) => flt(line.amount - line.paid, precision_of(currency));

const precision_of = (currency) => cint(get_number_format_info(get_number_format(currency)).precision);

function waiting(receipt) {
	return html`<div class="dlr-reader-state dlr-reader-orange">
		<div class="dlr-reader-amount">${format_currency(receipt.missing, receipt.currency)}</div>
		<div class="dlr-reader-headline" role="status">${__("Not all is booked yet")}</div>
		<div class="dlr-reader-detail">${__("Finish it, pay the rest in another way, or give it up.")}</div>
	</div>`;
}

const TONES = { Waiting: "dlr-blue", Booked: "dlr-green", Failed: "text-muted", Reversed: "dlr-red" };
const WAYS = {
	Card: ({ card_payment }) => (card_payment ? card_of(card_payment) : __("Card")),
	Deposit: ({ deposit }) => __("Deposit {0}", [deposit]),
	Credit: () => __("Credit"),
};
const number_of = (row) => (row.way === "Mode" && row.reference_no) || "";

export function tenders_of(receipt) {
	return html`<table class="dlr-collect-parts">
		<caption class="sr-only">${__("How it is paid")}</caption>
		<tbody>
			${receipt.tenders.map(
				(row) => html`<tr class="${row.state === "Failed" ? "text-muted" : ""}">
					<td>${WAYS[row.way]?.(row) || __(row.mode_of_payment)} ${number_of(row)}</td>
					<td class="${TONES[row.state]}">${__(row.state)}</td>
					<td class="dlr-money">${format_currency(row.amount, receipt.currency)}</td>
				</tr>`
			)}
		</tbody>
	</table>`;
}
