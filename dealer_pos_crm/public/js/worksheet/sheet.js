/**
 * The offers of a deal while somebody works on them: loaded, typed into, computed, kept, decided.
 *
 *   const sheet = use_sheet(state)   in Worksheet.vue; its parts: const { columns, money } = inject(SHEET)
 */

import { computed, provide, ref, watch } from "vue";
import * as actions from "./actions";
import { column_of, drop, line_rows, product_rows, reset, trade_rows } from "./columns";

export const SHEET = Symbol("sheet");

const WAIT = 200; // milliseconds without a key before the server computes

/** @param {object} state of the form: `deal`, `asked`, `changed()` */
export function use_sheet(state) {
	const data = ref(null);
	const columns = ref([]);
	const failed = ref("");
	const said = ref("");
	const making = ref(false);
	let asked = 0;
	let computing = 0;

	const currency = computed(() => data.value?.currency);
	const lines = computed(() => line_rows(columns.value));
	const products = computed(() => product_rows(columns.value));
	const trades = computed(() => trade_rows(columns.value, data.value?.trades || []));
	const editable = computed(() => data.value?.open && data.value?.may_edit);
	const leases = computed(() => columns.value.some((column) => column.draft.kind === "Lease"));
	const loans = computed(() => columns.value.some((column) => column.draft.kind !== "Cash"));

	// A true minus, so that an amount never breaks behind its sign.
	const money = (amount) => (amount < 0 ? "−" : "") + dealer.money(Math.abs(amount || 0), currency.value);
	const open = (column) => editable.value && !column.frozen;

	watch(
		() => [state.deal, state.asked],
		([deal], [before] = []) => {
			if (deal !== before) {
				data.value = null;
				columns.value = [];
			}
			load();
		},
		{ immediate: true }
	);

	async function load() {
		const deal = state.deal;
		if (!deal) return;
		const mine = ++asked;
		try {
			const found = await actions.call("get", { deal }, { type: "GET" });
			if (mine !== asked) return;
			const standing = Object.fromEntries(columns.value.map((row) => [row.name, row]));
			dealer.meet?.(found.names);
			data.value = found;
			columns.value = found.scenarios.map((row) => column_of(row, standing[row.name]));
			failed.value = "";
			if (columns.value.some((column) => column.dirty)) compute();
		} catch (refusal) {
			if (mine === asked) failed.value = refusal.message;
		}
	}

	const compute_soon = frappe.utils.debounce(() => compute(), WAIT);

	function touched(column) {
		column.dirty = true;
		said.value = "";
		compute_soon();
	}

	/** All scenarios in one request; an answer that was overtaken is dropped. */
	async function compute() {
		const mine = ++computing;
		try {
			const answers = await actions.call("recompute", {
				deal: state.deal,
				columns: columns.value
					.filter((column) => column.dirty)
					.map((column) => ({ name: column.name, values: column.draft })),
			});
			if (mine !== computing) return;
			for (const answer of answers) {
				const column = columns.value.find((row) => row.name === answer.name);
				if (!column) continue;
				column.problem = answer.problem || "";
				if (answer.result) column.result = answer.result;
			}
		} catch (refusal) {
			said.value = refusal.message;
		}
	}

	async function save(column) {
		if (!column.dirty) return;
		const at = columns.value.indexOf(column);
		columns.value[at] = column_of(
			await actions.call("save", { scenario: column.name, values: column.draft })
		);
	}

	/** One step: what was typed is kept first; the deal's form follows when the deal was written. */
	async function act(column, step, { deal = false } = {}) {
		if (column.busy) return;
		column.busy = true;
		said.value = "";
		try {
			await save(column);
			await step(column);
			done(deal);
		} catch (refusal) {
			column.problem = frappe.utils.html2text?.(refusal.message) || plain(refusal.message);
		} finally {
			column.busy = false;
		}
	}

	function plain(text) {
		return new DOMParser().parseFromString(String(text), "text/html").body.textContent;
	}

	function done(deal) {
		if (deal) state.changed?.();
		load();
	}

	const keep = (column) => act(column, async () => {});
	const choose = (column) =>
		act(column, () => actions.call("choose", { scenario: column.name }), { deal: true });
	const ask = (column) =>
		act(column, () => actions.call("ask", { scenario: column.name }), { deal: true });
	const withdraw = (column) =>
		act(column, () => actions.call("withdraw", { scenario: column.name }), { deal: true });
	const change = (column) =>
		act(column, () => actions.call("new_version", { scenario: column.name }));
	const renew = (column) => act(column, () => actions.call("renew", { scenario: column.name }));
	const copy = (column) =>
		act(column, () => actions.call("create", { deal: state.deal, copy_of: column.name }));
	const remove = (column) => actions.confirm_remove(column, () => done(false));
	const reject = (column) => actions.turn_down(column, () => done(true));
	const approve = (column) =>
		actions.approve(
			column,
			dealer.html`<p>${__("Total {0}, financed {1}, payment {2}", [
				money(column.result.total),
				money(column.result.amount_financed),
				money(column.result.payment),
			])}</p>${column.changes.map(
				(row) =>
					dealer.html`<div class="dlr-small">${row.label}: ${shown(row.before)} → ${shown(
						row.after
					)}</div>`
			)}`,
			() => done(true)
		);

	const shown = (amount) => (amount === null ? "–" : money(amount));

	/** A double click makes one offer; a car without a price asks for it. */
	async function new_offer() {
		if (making.value) return;
		making.value = true;
		said.value = "";
		try {
			await actions.new_offer(state.deal, data.value.price, () => done(true));
		} catch (refusal) {
			said.value = plain(refusal.message);
		} finally {
			making.value = false;
		}
	}

	function add_line(column) {
		actions.add_line(column, (values) => {
			column.draft.lines.push(values);
			touched(column);
		});
	}

	function put_line(column, row) {
		column.draft.lines.push({ kind: row.kind, label: row.label, amount: 0, taxable: 1 });
		touched(column);
	}

	function add_product(column, name) {
		const known = data.value.products.find((row) => row.name === name);
		if (!known || column.draft.products.some((row) => row.product === name)) return;
		column.draft.products.push({
			product: known.name,
			price: known.price,
			term_months: known.term_months,
			taxable: known.taxable,
		});
		touched(column);
	}

	function add_trade(column, name) {
		const known = data.value.trades.find((row) => row.name === name);
		if (!known || column.draft.trades.some((row) => row.trade_in === name)) return;
		column.draft.trades.push({
			trade_in: known.name,
			what: known.what,
			allowance: known.allowance,
			payoff: known.payoff,
		});
		touched(column);
	}

	function new_trade() {
		frappe.new_doc("Trade In", { deal: state.deal });
	}

	function take_off(column, table, line) {
		drop(column, table, line);
		touched(column);
	}

	function exempt(column) {
		actions.exempt(column, (reason) => {
			column.draft.tax_exempt_reason = reason;
			touched(column);
		});
	}

	function set(column, field, value) {
		column.draft[field] = value;
		touched(column);
	}

	/** Where a figure differs from the approved version that this one was made from. */
	function changed(column, label) {
		const versions = column.previous_version || column.name === data.value.chosen;
		return Boolean(versions) && column.changes.some((row) => row.label === label);
	}

	function print(format, doctype, name) {
		const address = `/printview?doctype=${encodeURIComponent(doctype)}&name=${encodeURIComponent(
			name
		)}&format=${encodeURIComponent(format)}&trigger_print=0`;
		window.open(frappe.urllib.get_full_url(address), "_blank");
	}

	const payments = (column) => {
		const count = cint(column.draft.term_months);
		if (column.draft.kind === "Cash" || !column.result.payment || !count) return "";
		if (column.result.payment === column.result.last_payment) {
			return __("{0} payments", [count]);
		}
		return __("{0} payments, the last {1}", [count, money(column.result.last_payment)]);
	};

	function undo(column) {
		reset(column);
		load();
	}

	const sheet = {
		data, columns, failed, said, making, currency, lines, products,
		trades, editable, leases, loans, money, open, load, touched,
		keep, choose, ask, withdraw, change, renew, copy, remove,
		reject, approve, shown, new_offer, add_line, put_line, add_product, add_trade,
		new_trade, take_off, exempt, set, changed, print, payments, undo,
	};
	provide(SHEET, sheet);
	return sheet;
}
