/** What the customer said, one conversation at a time: all jobs that wait, at the prices shown here. */

import { ask } from "../desk/ask";
import { fill, html } from "../desk/html";
import { call } from "../desk/server";
import { money } from "../desk/words";

const ANSWERS = ["Approved", "Declined", "Deferred"];
const VERBS = () => ({
	Approved: __("Approve"),
	Declined: __("Decline"),
	Deferred: __("Defer"),
});

/** @param {object[]} rows the jobs to ask about */
export function record_answer(doc, facts, rows, done) {
	const said = Object.fromEntries(rows.map((row) => [row.job_no, {}]));
	const last = facts.last_answer || {};
	const dialog = ask({
		title: rows.length === 1 ? __("Answer to Job {0}", [rows[0].job_no]) : __("Record Answer"),
		size: "large",
		fields: [
			{ fieldtype: "HTML", fieldname: "jobs" },
			{ fieldtype: "Section Break" },
			{
				fieldtype: "Data",
				fieldname: "by",
				label: __("Who Answered"),
				reqd: 1,
				default: last.by || doc.customer_name,
			},
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Select",
				fieldname: "how",
				label: __("How"),
				reqd: 1,
				options: ["In Person", "Phone", "Text", "E-mail"],
				default: last.how || "Phone",
			},
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Data",
				fieldname: "phone",
				label: __("Number Called"),
				options: "Phone",
				default: last.phone || doc.contact_phone,
				depends_on: "eval:doc.how === 'Phone'",
			},
			{ fieldtype: "Section Break" },
		],
		label: __("Record"),
		missing: (values) => {
			const open = rows.filter((row) => !said[row.job_no].answer);
			if (open.length === rows.length) return __("Choose an answer for at least one job.");
			for (const row of rows) {
				const one = said[row.job_no];
				if (one.answer === "Declined" && (one.reason || "").trim().length < 3)
					return __("Job {0}: write why it is declined.", [row.job_no]);
				if (one.answer === "Deferred" && !one.deferred_until)
					return __("Job {0}: set the day until which it is deferred.", [row.job_no]);
			}
			if (values.how === "Phone" && (values.phone || "").replace(/\D/g, "").length < 7)
				return __("Write the number that was called.");
			return null;
		},
		sentence: () => outcome(doc, rows, said),
		submit: ({ by, how, phone }) =>
			call("dealer_pos_crm.api.repair_order.record_answers", {
				order: doc.name,
				rows: rows
					.filter((row) => said[row.job_no].answer)
					.map((row) => ({
						job_no: row.job_no,
						amount_shown: row.amount,
						...said[row.job_no],
					})),
				how,
				by,
				phone: how === "Phone" ? phone : null,
			}),
		done,
	});
	table(dialog, doc, rows, said);
	return dialog;
}

function outcome(doc, rows, said) {
	const of = (answer) => rows.filter((row) => said[row.job_no].answer === answer);
	const sum = (list) =>
		list.filter((row) => row.pay_type === "Customer").reduce((total, row) => total + row.amount, 0);
	const approved = of("Approved");
	const waiting = rows.filter((row) => !said[row.job_no].answer);
	const lines = [];
	if (approved.length) {
		lines.push(
			fill(__("Authorised now: {0} net."), [html`<b>${money(sum(approved), doc.currency)}</b>`])
		);
	}
	const lost = [...of("Declined"), ...of("Deferred")];
	if (lost.length) {
		lines.push(__("{0} stays on the vehicle's list and is followed up.", [money(sum(lost), doc.currency)]));
	}
	if (waiting.length && waiting.length < rows.length) {
		lines.push(__("{0} jobs still wait.", [waiting.length]));
	}
	return lines.length ? html`${lines.map((line) => html`${line} `)}` : "";
}

function table(dialog, doc, rows, said) {
	const verbs = VERBS();
	const area = dialog.fields_dict.jobs.$wrapper;
	area.html(
		String(html`<div class="dlr-asking" role="group" aria-label="${__("Jobs")}">
			${
				rows.length > 1
					? html`<div class="dlr-asking-all">
							<button type="button" class="btn btn-default btn-xs" data-all="Approved">
								${__("Approve All {0}", [rows.length])}
							</button>
							<button type="button" class="btn btn-default btn-xs" data-all="Declined">
								${__("Decline All")}
							</button>
					  </div>`
					: ""
			}
			${rows.map(
				(row) => html`<div class="dlr-asked" data-job="${row.job_no}">
					<span class="dlr-ro-job-no">${row.job_no}</span>
					<div class="dlr-ro-job-text">
						<b>${row.title}</b>
						<div class="dlr-small">${about(row)}</div>
					</div>
					<span class="dlr-money">${money(row.amount, doc.currency)}</span>
					<div class="btn-group" role="radiogroup" aria-label="${__("Answer to job {0}", [row.job_no])}">
						${ANSWERS.map(
							(answer) => html`<button
								type="button"
								class="btn btn-default btn-xs"
								role="radio"
								aria-checked="false"
								data-answer="${answer}"
								${same(row, answer) ? "disabled" : ""}
							>
								${verbs[answer]}
							</button>`
						)}
					</div>
					<div class="dlr-asked-more"></div>
				</div>`
			)}
		</div>`)
	);
	const choose = (job_no, answer) => {
		const one = said[job_no];
		if (one.answer !== answer) {
			one.answer = answer;
			one.reason = one.deferred_until = null;
			more(area.find(`.dlr-asked[data-job=${job_no}] .dlr-asked-more`), job_no, one, dialog);
		}
		area.find(`.dlr-asked[data-job=${job_no}] [data-answer]`).each((_, button) => {
			const on = button.dataset.answer === answer;
			button.classList.toggle("dlr-chosen", on);
			button.setAttribute("aria-checked", on);
		});
	};
	area.on("click", "[data-answer]", (event) => {
		choose(event.currentTarget.closest("[data-job]").dataset.job, event.currentTarget.dataset.answer);
		dialog.dlr_refresh();
	});
	area.on("click", "[data-all]", (event) => {
		for (const row of rows) {
			if (!same(row, event.currentTarget.dataset.all)) choose(row.job_no, event.currentTarget.dataset.all);
		}
		dialog.dlr_refresh();
	});
	if (rows.length === 1 && rows[0].answer === "Pending") choose(rows[0].job_no, "Approved");
	dialog.dlr_refresh();
}

/** Said already, at this price. */
function same(row, answer) {
	return row.answer === answer && row.amount_shown === row.amount;
}

function about(row) {
	const payer = row.pay_type === "Customer" ? "" : __(row.pay_type);
	return [payer, row.severity && __(row.severity), row.concern].filter(Boolean).join(" · ");
}

/** Why, or until when. */
function more(area, job_no, one, dialog) {
	area.empty();
	if (one.answer === "Declined") {
		$(
			String(html`<input
				class="form-control input-xs"
				type="text"
				maxlength="140"
				autocomplete="off"
				aria-label="${__("Reason for job {0}", [job_no])}"
				placeholder="${__("Why? In the customer's words")}"
			/>`)
		)
			.appendTo(area)
			.on("input", (event) => {
				one.reason = event.target.value;
				dialog.dlr_refresh();
			});
	} else if (one.answer === "Deferred") {
		one.deferred_until = frappe.datetime.add_months(frappe.datetime.get_today(), 3);
		$(
			String(html`<label class="dlr-small">
				${__("Until")}
				<input
					class="form-control input-xs"
					type="date"
					min="${frappe.datetime.add_days(frappe.datetime.get_today(), 1)}"
					value="${one.deferred_until}"
					aria-label="${__("Job {0} is deferred until", [job_no])}"
				/>
			</label>`)
		)
			.appendTo(area)
			.on("input change", (event) => {
				one.deferred_until = event.target.value || null;
				dialog.dlr_refresh();
			});
	}
}
