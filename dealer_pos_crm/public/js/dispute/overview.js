/** The top of a Dispute Case: until when, how much, what to do next, what can be shown and what is missing. */

import { figure, fill, html, link, person, pill, trusted } from "../desk/html";
import { exact, money, when } from "../desk/words";
import { OPEN, color_of, due } from "./status";

export function overview(doc, facts) {
	return html`<div class="dlr-overview">
		<div class="dlr-answer">
			${deadline(doc, facts)} ${claim(doc, facts)} ${payment(doc, facts)} ${sums(facts.money)}
		</div>
		${trouble(doc, facts)} ${next(doc, facts)} ${advice(facts)}
		${facts.open ? html`<div class="dlr-dispute-sides">${checklist(facts)} ${pack(facts)}</div>` : pack(facts)}
	</div>`;
}

function deadline(doc, facts) {
	const badges = html`${pill(__(doc.status), color_of(doc.status))}
		${doc.round !== "Dispute" ? pill(__(doc.round), "blue") : ""}
		${doc.test_mode ? pill(__("Test mode"), "yellow") : ""}`;
	if (!facts.open) {
		return figure(__("Outcome"), __(doc.status), [
			doc.decided_on ? when(doc.decided_on) : "",
			badges,
		]);
	}
	if (!OPEN.includes(doc.status)) {
		return figure(__("The bank decides"), __("Answered"), [
			doc.submitted_on ? fill(__("sent {0}"), [when(doc.submitted_on)]) : "",
			badges,
		]);
	}
	return figure(__("Answer"), due(doc.due_by), [doc.due_by ? exact(doc.due_by) : "", badges]);
}

function claim(doc, facts) {
	return figure(__("Disputed"), money(doc.amount, doc.currency), [
		html`<b>${doc.reason}</b>`,
		facts.claim,
	]);
}

function payment(doc, facts) {
	const paid = facts.payment;
	if (!paid) {
		return figure(__("Payment"), html`<span class="dlr-red">${__("not known here")}</span>`, [
			fill(__("Charge {0}"), [doc.charge_id || "–"]),
		]);
	}
	return figure(__("Payment"), link("Card Payment", paid.name), [
		link("Customer", doc.customer, doc.customer_name),
		html`${paid.what}`,
		html`${paid.card}${paid.captured_on ? html` · ${when(paid.captured_on)}` : ""}`,
		documents(doc),
	]);
}

function documents(doc) {
	const found = [
		["Deposit", doc.deposit],
		["Deal Jacket", doc.deal],
		["Repair Order", doc.repair_order],
	].filter(([, name]) => name);
	return found.length ? html`${found.map(([doctype, name], at) => html`${at ? " · " : ""}${link(doctype, name)}`)}` : "";
}

function sums(sum) {
	const rows = [
		[__("Taken by the bank"), sum.withdrawn],
		[__("Given back"), sum.back],
		[__("Waiting"), sum.waiting],
		[__("Lost"), sum.lost],
		[__("Fee"), sum.fee],
	].filter(([, amount]) => amount);
	if (!rows.length) return figure(__("Money"), __("nothing was taken"));
	return html`<div class="dlr-figure">
		<div class="dlr-label">${__("Money")}</div>
		<table class="dlr-dispute-money">
			${rows.map(
				([label, amount]) =>
					html`<tr><td>${label}</td><td class="dlr-money">${money(amount, sum.currency)}</td></tr>`
			)}
		</table>
	</div>`;
}

function note(color, body) {
	return html`<div class="dlr-note ${color ? `dlr-note-${color}` : ""}"><div>${body}</div></div>`;
}

/** What stands in the way: money that is not booked, a call without an answer, a text that is too long. */
function trouble(doc, facts) {
	const found = [];
	if (!facts.known) {
		found.push(
			note("red", __("No card payment here has this charge. Look at the provider's page whose it is."))
		);
	}
	if (facts.unbooked) {
		found.push(
			html`<div class="dlr-note dlr-note-red"><div><b>${__("Not in the books:")}</b> ${doc.booking_note}</div>
				${facts.may
					? html`<div class="dlr-buttons"><button class="btn btn-default btn-sm" data-dlr="book">${__(
							"Book Again"
					  )}</button></div>`
					: ""}</div>`
		);
	}
	if (facts.attempt) {
		const text = facts.attempt.explanation || facts.attempt.error;
		found.push(note("orange", html`${__(facts.attempt.operation)}: ${trusted(text || __(facts.attempt.status))}`));
	}
	return found;
}

function next(doc, facts) {
	if (facts.problem && OPEN.includes(doc.status)) return note("red", facts.problem);
	if (!facts.open) return "";
	if (doc.status === "Evidence Sent") {
		return note("", __("The bank reads the answer. That takes weeks; the outcome arrives by itself."));
	}
	const steps = {
		pack: __("Write why the claim is wrong, fill in what is missing, then make the evidence pack."),
		stage: facts.staged
			? __("The evidence was changed after it was staged. Stage it again, then submit it.")
			: __("Look through the pack. Then stage it: it lies at the provider, and the bank does not see it yet."),
		submit: fill(__("Staged {0} by {1}. Nothing has been sent to the bank yet: submit it before the day above."), [
			when(doc.staged_on),
			person(doc.staged_by),
		]),
	};
	return facts.next ? note("", html`<b>${__("Next:")}</b> ${steps[facts.next]}`) : "";
}

function advice(facts) {
	const texts = {
		"do not refund": __("Do not refund this payment: the bank has taken the money, a refund would pay twice."),
		"may refund": __("The bank only asks so far. If the customer is right, a refund now ends it without a fee."),
		"refund under way": __(
			"A refund of this payment is under way. If it arrives as well, the customer is paid twice: tell the bank of it in the answer."
		),
		"show the refund": __("This payment was given back, in part or in full. Show that to the bank: the pack has it."),
	};
	const text = texts[facts.advice];
	return text ? note(facts.advice === "do not refund" ? "" : "orange", text) : "";
}

function checklist(facts) {
	const missing = facts.proofs.filter((row) => !row.there).length;
	return html`<section class="dlr-dispute-proofs">
		<div class="dlr-label">${
			missing
				? __("What this claim is answered with: {0} of {1} there", [
						facts.proofs.length - missing,
						facts.proofs.length,
				  ])
				: __("What this claim is answered with: all there")
		}</div>
		<ul>
			${facts.proofs.map(
				(row) =>
					html`<li class="${row.there ? "" : "dlr-orange"}">
						<span aria-hidden="true">${row.there ? "✓" : "○"}</span> ${row.title}
						${row.there ? "" : html`<span class="dlr-small">${__("missing")}</span>`}
					</li>`
			)}
		</ul>
	</section>`;
}

function pack(facts) {
	const made = facts.pack;
	if (!made) {
		return html`<section class="dlr-dispute-pack">
			<div class="dlr-label">${__("Evidence pack")}</div>
			<div class="dlr-small">${__("Not made yet.")}</div>
		</section>`;
	}
	return html`<section class="dlr-dispute-pack">
		<div class="dlr-label">${__("Evidence pack")}</div>
		<div><a href="${encodeURI(made.url)}" target="_blank" rel="noopener">${__("{0} pages", [made.pages])}</a>,
			${size(made.size)}, ${fill(__("made {0}"), [when(made.made_on)])}</div>
		<div class="dlr-small">${made.sections.join(" · ")}</div>
		${
			made.too_heavy
				? html`<div class="dlr-orange">${__("Heavier than banks are known to take (4.5 MB). Hand in smaller files.")}</div>`
				: ""
		}
		${
			made.left_out.length
				? html`<div class="dlr-orange">${__("Not in it:")}</div>
					<ul>${made.left_out.map((line) => html`<li class="dlr-small">${line}</li>`)}</ul>`
				: ""
		}
	</section>`;
}

function size(bytes) {
	if (bytes < 1_000_000) return __("{0} kB", [Math.max(1, Math.round(bytes / 1000))]);
	return __("{0} MB", [(bytes / 1_000_000).toFixed(1)]);
}
