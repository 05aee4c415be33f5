/** The Dealer Settings form: whether deposits can be booked, and what would have to change. */

import { ask } from "../desk/ask";
import { add_company, companies } from "../desk/dealership";
import { html, fill, ours, trusted } from "../desk/html";
import { call } from "../desk/server";

const SETUP = "dealer_pos_crm.api.setup.";

export function setup(frm) {
	ours(frm);
	frm.set_query("company", () => ({ filters: { name: ["not in", companies()], is_group: 0 } }));
	for (const [field, filters] of Object.entries({
		deposit_account: { root_type: "Liability", account_type: "Receivable" },
		forfeit_income_account: { root_type: "Income" },
		internal_income_account: { root_type: "Income" },
		internal_expense_account: { root_type: "Expense" },
		claim_difference_account: { root_type: "Expense" },
		trade_inventory_account: { root_type: "Asset" },
		payoff_account: { root_type: "Liability" },
		over_allowance_account: { root_type: "Expense" },
		funding_difference_account: { root_type: "Expense" },
		commission_expense_account: { root_type: "Expense" },
		commission_payable_account: { root_type: "Liability" },
		over_short_account: { root_type: "Expense" },
		bank_deposit_account: { root_type: "Asset", account_type: "Bank" },
		undeposited_checks_account: { root_type: "Asset" },
		returned_check_fee_account: { root_type: "Income" },
		bank_fee_account: { root_type: "Expense" },
	})) {
		frm.set_query(field, () => ({
			filters: { company: frm.doc.company, is_group: 0, disabled: 0, ...filters },
		}));
	}
	for (const field of ["forfeit_tax_template", "service_tax_template", "vehicle_tax_template"]) {
		frm.set_query(field, () => ({ filters: { company: frm.doc.company, disabled: 0 } }));
	}
	for (const field of ["labor_item", "parts_item", "sublet_item"]) {
		frm.set_query(field, () => ({ filters: { is_stock_item: 0, is_sales_item: 1, disabled: 0 } }));
	}
	for (const field of ["vehicle_item_new", "vehicle_item_used", "fee_item", "accessory_item"]) {
		frm.set_query(field, () => ({ filters: { is_sales_item: 1, disabled: 0 } }));
	}
	frm.set_query("parts_warehouse", () => ({
		filters: { company: frm.doc.company, is_group: 0, disabled: 0 },
	}));
	frm.set_query("cost_center", "departments", () => ({
		filters: { company: frm.doc.company, is_group: 0 },
	}));
	frm.set_query("manager", "departments", () => ({
		filters: { enabled: 1, user_type: "System User" },
	}));
	frm.set_query("receipt_format", () => ({ filters: { doc_type: "Deposit" } }));
}

/** A new one begins with usual values. Frappe would put the time of day into empty times. */
export function before_load(frm) {
	if (!frm.is_new()) return;
	Object.assign(frm.doc, { quiet_from: "21:00:00", quiet_until: "08:00:00" });
	if (companies().includes(frm.doc.company)) frm.doc.company = null;
}

export async function refresh(frm) {
	const wrapper = frm.fields_dict.status_html.$wrapper;
	if (frm.is_new()) {
		wrapper.html(
			String(html`<div class="dlr-note">
				<div>
					${__(
						"Choose the company and save. Terms, departments and hours begin with usual values; the accounts come with one button after that."
					)}
				</div>
			</div>`)
		);
		return;
	}
	add_company(frm.doc.company);
	const name = frm.doc.name;
	if (wrapper.data("company") !== name) {
		wrapper
			.html(`<div class="dlr-overview dlr-skeleton dlr-low" aria-busy="true"></div>`)
			.data("company", name);
	}
	let state;
	try {
		state = await call(
			`${SETUP}get_accounting`,
			{ company: name, part: DEPOSITS.key },
			{ type: "GET" }
		);
	} catch (refusal) {
		wrapper.html(
			String(
				html`<div class="dlr-note dlr-note-red"><div>${trusted(
					refusal.message
				)}</div></div>`
			)
		);
		return;
	}
	if (frm.doc.name !== name) return;
	wrapper.html(String(status(state)));
	if (!state.ready && !frm.is_dirty()) frm.page.clear_primary_action(); // the one button is below
	wrapper.off("click.dlr").on("click.dlr", "[data-dlr=set-up]", () => confirm(frm, state, DEPOSITS));
	await show_more(frm, wrapper, SERVICE, state.ready);
	await show_more(frm, wrapper, SHOWROOM, state.ready);
	await show_more(frm, wrapper, COUNTER, state.ready);
}

const DEPOSITS = {
	key: "deposits",
	title: () => __("Set Up Deposit Accounting"),
	done: () => __("Deposit accounting is set up"),
};
const SERVICE = {
	key: "service",
	title: () => __("Set Up Service Accounting"),
	done: () => __("Service accounting is set up"),
	ready: () => __("Service accounting is set up."),
	ready_text: () => __("Repair orders can be invoiced: items and accounts are chosen."),
	missing: () => __("Repair orders cannot be invoiced yet."),
	missing_text: () =>
		__("Items for labor, parts and sublet work, or accounts for internal work and warranty, are missing."),
	button: () => __("Set up service accounting"),
};
const SHOWROOM = {
	key: "showroom",
	title: () => __("Set Up Showroom Accounting"),
	done: () => __("Showroom accounting is set up"),
	ready: () => __("Showroom accounting is set up."),
	ready_text: () => __("Cars can be delivered: items and accounts are chosen."),
	missing: () => __("Cars cannot be delivered yet."),
	missing_text: () =>
		__("Items for cars and fees, or accounts for trade-ins, payoffs, funding and commissions, are missing."),
	button: () => __("Set up showroom accounting"),
};
const COUNTER = {
	key: "counter",
	title: () => __("Set Up Counter Accounting"),
	done: () => __("Counter accounting is set up"),
	ready: () => __("Counter accounting is set up."),
	ready_text: () => __("Shifts, checks and bank deposits can be booked."),
	missing: () => __("The counter cannot be booked yet."),
	missing_text: () =>
		__(
			"Accounts for what is over or short, undeposited checks and returned checks, or the modes of payment for checks, are missing."
		),
	button: () => __("Set up counter accounting"),
};

/** Below the deposits: what else can be booked. It asks for attention only after the deposits are ready. */
async function show_more(frm, wrapper, what, deposits_ready) {
	const name = frm.doc.name;
	let state;
	try {
		state = await call(`${SETUP}get_accounting`, { company: name, part: what.key }, { type: "GET" });
	} catch {
		return; // what it says of deposits stands without it
	}
	if (frm.doc.name !== name) return;
	wrapper.find(`[data-dlr-${what.key}]`).remove();
	wrapper.append(`<div data-dlr-${what.key}>${more_status(state, what, deposits_ready)}</div>`);
	wrapper
		.off(`click.dlr-${what.key}`)
		.on(`click.dlr-${what.key}`, `[data-dlr=set-up-${what.key}]`, () => confirm(frm, state, what));
}

function more_status(state, what, deposits_ready) {
	const notes = state.notes.map((note) => html`<div class="dlr-small">${note}</div>`);
	if (state.ready) {
		return html`<div class="dlr-note dlr-note-${state.notes.length ? "orange" : "green"}">
			<div><b>${what.ready()}</b> ${what.ready_text()} ${notes}</div>
		</div>`;
	}
	const may = frappe.model.can_create("Item") && frappe.model.can_create("Account");
	return html`<div class="dlr-note dlr-note-orange">
		<div>
			<b>${what.missing()}</b> ${what.missing_text()}
			${may ? "" : __("Somebody who may create items and accounts has to set this up.")}
		</div>
		${may
			? html`<div class="dlr-buttons">
					<button
						class="btn ${deposits_ready ? "btn-primary" : "btn-default"} btn-sm"
						data-dlr="set-up-${what.key}"
					>
						${what.button()}
					</button>
			  </div>`
			: ""}
	</div>`;
}

function status(state) {
	if (state.ready) {
		return html`<div class="dlr-note dlr-note-green">
			<div><b>${__("Already set up.")}</b> ${__(
			"Deposits are booked as a liability until they are applied or paid back."
		)}</div>
		</div>`;
	}
	const may = frappe.model.can_write("Company") && frappe.model.can_create("Account");
	return html`<div class="dlr-note dlr-note-orange">
		<div>
			<b>${__("Deposits cannot be taken yet.")}</b>
			${__("The company does not book them as a liability.")}
			${may ? "" : __("Somebody who may change the company and its accounts has to set this up.")}
		</div>
		${
			may
				? html`<div class="dlr-buttons">
					<button class="btn btn-primary btn-sm" data-dlr="set-up">${__(
						"Set up deposit accounting"
					)}</button>
			  </div>`
				: ""
		}
	</div>`;
}

async function confirm(frm, state, what) {
	if (frm.is_dirty()) {
		await frm.save();
		if (frm.is_dirty()) return;
	}
	const dialog = ask({
		title: what.title(),
		size: "large",
		fields: [{ fieldtype: "HTML", fieldname: "changes" }],
		label: __("Confirm"),
		working: __("Setting up…"),
		sentence: () =>
			state.changes.length === 1
				? __("This 1 change is made. Nothing else is touched.")
				: fill(__("These {0} changes are made. Nothing else is touched."), [
						state.changes.length,
				  ]),
		submit: () => call(`${SETUP}set_up_accounting`, { company: frm.doc.name, part: what.key }),
		done: () => {
			frappe.show_alert({ message: what.done(), indicator: "green" });
			frappe.model.clear_doc("Company", frm.doc.company);
			frm.reload_doc();
		},
	});
	dialog.fields_dict.changes.$wrapper.html(String(changes(state)));
}

export function changes(state) {
	return html`<div class="dlr-scroll">
			<table class="table dlr-table">
				<thead>
					<tr>
						<th>${__("Where")}</th>
						<th>${__("What")}</th>
						<th>${__("Before")}</th>
						<th>${__("After")}</th>
					</tr>
				</thead>
				<tbody>
					${state.changes.map(
						(row) => html`<tr>
							<td class="dlr-wrap">${row.document}</td>
							<td class="dlr-wrap">${row.field}</td>
							<td class="text-muted">${row.before || "–"}</td>
							<td><b>${row.after}</b></td>
						</tr>`
					)}
				</tbody>
			</table>
		</div>
		${state.notes.map(
			(note) => html`<div class="dlr-note dlr-note-orange"><div>${note}</div></div>`
		)}`;
}
