/**
 * What our boards share, so that each says only what is its own.
 *
 *   const board = use_board(props, { filters: ["company", "q"], ask: (filters) => dealer.call(...) });
 *   board.found      the last answer (null until there is one); board.take(answer) is called with a new one
 *   board.filters    kept in the address;  board.load() asks again;  board.refuse(refusal) says why not
 *   board.tick       changes every 20 seconds, for words that depend on the time
 *   use_keys(board, props, () => ({ ArrowDown: () => ..., Enter: row && (() => ...) }))
 *   <BoardFrame :board="board" :words="{...}" :quick="..." :keys="..."> slots: filters, notes, skeleton,
 *   default, foot </BoardFrame>
 */

import { nextTick, onMounted, onUnmounted, reactive, ref, watch } from "vue";
import * as address from "./address";

const TICK = 20 * 1000;

/**
 * @param {object} props the component's: `state` of the Screen
 * @param {string[]} opts.filters names of the filters that live in the address
 * @param {(filters: object) => Promise<object>} opts.ask asks the server; rejects with a Refusal
 * @param {() => boolean} [opts.holds] true while somebody is in the middle of something: a new answer waits
 * @param {string} [opts.rows] selector of what the keyboard stands on; its data-name finds it again
 */
export function use_board(props, { filters: names = [], ask, holds = () => false, rows = null }) {
	const board = reactive({
		found: null,
		error: null, // a Refusal while there is nothing to show
		stale: false, // the last attempt failed; what is shown is older
		loaded_at: null,
		loading: false,
		filters: address.read(names),
		refused: null, // {title, message, name}
		tick: 0,
		root: null, // the board's element
		search: null, // its search field
		current: null, // data-name of what the keyboard is on
		load,
		settle,
		refuse,
		focus,
		element,
		clear_waiting: () => (waiting = null),
	});
	let turn = 0;
	let waiting = null;

	async function load() {
		const mine = ++turn;
		board.loading = true;
		try {
			const answer = await ask(board.filters);
			if (mine !== turn) return;
			dealer.meet(answer.people);
			Object.assign(board, {
				error: null,
				stale: false,
				loaded_at: frappe.datetime.system_datetime(),
			});
			if (holds()) waiting = answer;
			else take(answer);
		} catch (refusal) {
			if (mine !== turn) return;
			if (board.found) board.stale = true;
			else board.error = refusal;
		} finally {
			if (mine === turn) board.loading = false;
		}
	}

	/** A new answer, with the keyboard and the scroll where they were. */
	function take(answer) {
		waiting = null;
		const focused = rows && document.activeElement?.closest?.(rows)?.dataset.name;
		board.found = answer;
		board.tick += 1;
		if (focused) nextTick(() => element(focused) !== document.activeElement && focus(focused));
	}

	function settle() {
		if (waiting && !holds()) take(waiting);
	}

	/** Say why something was not done: a Refusal, and what it was about. */
	function refuse({ title, message }, name = null) {
		board.refused = { name, title, message: String(dealer.trusted(message)) };
		settle();
	}

	function element(name) {
		return board.root?.querySelector(`${rows}[data-name="${CSS.escape(name)}"]`);
	}

	function focus(name) {
		board.current = name;
		nextTick(() => element(name)?.focus({ preventScroll: false }));
	}

	watch(
		() => props.state.asked,
		() => load()
	);
	watch(
		() => props.state.shown,
		() => {
			const said = address.read(names);
			if (names.some((name) => said[name])) Object.assign(board.filters, said);
			else address.write(board.filters);
		}
	);
	watch(
		() => ({ ...board.filters }),
		(filters) => props.state.visible && address.write(filters)
	);

	let timer = null;
	onMounted(() => (timer = setInterval(() => (board.tick += 1), TICK)));
	onUnmounted(() => clearInterval(timer));
	return board;
}

/**
 * The board's keys, while somebody looks at it and is not writing.
 *
 * @param {(event: KeyboardEvent) => Record<string, (() => void)|false|null|undefined>} keys what each key does now
 * @param {(event: KeyboardEvent) => void} [from_search] what ArrowDown does in the search field
 */
export function use_keys(board, props, keys, from_search = null) {
	function keydown(event) {
		if (!props.state.visible || event.defaultPrevented) return;
		if (event.ctrlKey || event.metaKey || event.altKey) return;
		const inside = event.target === document.body || board.root?.contains(event.target);
		if (!inside || $(".modal.show").length) return;
		if (board.search && event.target === board.search) {
			if (event.key === "Escape") {
				board.filters.q = "";
				board.search.blur();
			} else if (event.key === "ArrowDown" && from_search) {
				event.preventDefault();
				board.current = null;
				from_search(event);
			}
			return;
		}
		if (event.target.matches?.("input, select, textarea, [contenteditable]")) return;
		const found = {
			r: () => board.load(),
			"/": () => board.search?.focus(),
			Escape: () => (board.refused = null),
			...keys(event),
		};
		if (!found[event.key]) return;
		event.preventDefault();
		found[event.key]();
	}
	onMounted(() => document.addEventListener("keydown", keydown));
	onUnmounted(() => document.removeEventListener("keydown", keydown));
}

/** The box behind `?`. @param {[string, string][]} rows key and what it does */
export function show_keys(title, rows) {
	frappe.msgprint({
		title,
		message: String(
			dealer.html`<dl class="dlr-facts">${rows.map(
				([key, what]) => dealer.html`<dt><kbd>${key}</kbd></dt><dd>${what}</dd>`
			)}</dl>`
		),
	});
}
