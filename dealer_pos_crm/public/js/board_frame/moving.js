/**
 * What boards of columns share: cards that are dragged, moved by a menu, and walked by keyboard.
 *
 *   const hands = new_hands();                      what somebody is in the middle of
 *   use_board(props, { holds: () => are_full(hands), ... })
 *   const moving = use_moving(board, hands, {...});  provided to CardColumn and MoveCard
 *   <CardColumn :name="..." :cards="..."><YourCard v-for=... /></CardColumn>; YourCard is made of a MoveCard
 */

import { computed, nextTick, onMounted, onUnmounted, provide, reactive } from "vue";

export const MOVING = Symbol("moving");

/** `menu`: the card whose menu is open; `dragged`: the card in the air; `busy`: names being moved now. */
export function new_hands() {
	return reactive({ menu: null, dragged: null, busy: new Set() });
}

export const are_full = (hands) => Boolean(hands.dragged || hands.menu || hands.busy.size);

/**
 * @param {() => {name: string, cards: object[]}[]} opts.columns in their order on the screen
 * @param {(card) => string[]} opts.targets where a card may go
 * @param {(card, to: string) => any} opts.move somebody wants it there
 * @param {(card, refusal) => void} opts.refuse says why not
 * @param {(card, to: string) => {message: string}} opts.why_not
 * @param {(card) => string} opts.doctype what opening a card opens
 * @param {(to: string) => string} [opts.word] a place in the menu, in words
 * @param {() => void} [opts.clear] takes what was said before off the screen
 */
export function use_moving(board, hands, opts) {
	const { columns, targets } = opts;
	const clear = opts.clear || (() => {});
	const filled = () => columns().find(({ cards }) => cards.length);

	function place() {
		for (const [column, { cards }] of columns().entries()) {
			const at = cards.findIndex((card) => card.name === board.current);
			if (at >= 0) return { column, at, card: cards[at] };
		}
		return null;
	}

	// Tab reaches the board at one card; where nothing was chosen, at the first.
	const anchor = computed(() => (place()?.card || filled()?.cards[0])?.name || null);

	function go(down, right) {
		const here = place();
		const all = columns();
		if (!here) {
			const first = filled()?.cards[0];
			return first && board.focus(first.name);
		}
		if (down) {
			const next = all[here.column].cards[here.at + down];
			return next && board.element(next.name) && board.focus(next.name);
		}
		for (let column = here.column + right; all[column]; column += right) {
			const there = all[column].cards;
			if (there.length) return board.focus(there[Math.min(here.at, there.length - 1)].name);
		}
	}

	function move(card, to) {
		hands.menu = null;
		clear();
		return opts.move(card, to);
	}

	function menu(card, open) {
		if (open && !targets(card).length) return opts.refuse(card, opts.why_not(card, ""));
		hands.menu = open ? card.name : null;
		board.current = card.name;
		if (!open) {
			board.focus(card.name);
			board.settle();
		}
	}

	function drag(card, event) {
		hands.menu = null;
		clear();
		event.dataTransfer.effectAllowed = "move";
		event.dataTransfer.setData("text/plain", card.name);
		setTimeout(() => (hands.dragged = card), 0); // the browser takes its picture of the card first
	}

	function drop_ended() {
		hands.dragged = null;
		board.settle();
	}

	function dropped(to) {
		const card = hands.dragged;
		hands.dragged = null;
		if (card) move(card, to);
	}

	function open(card, event) {
		const doctype = opts.doctype(card);
		if (event?.ctrlKey || event?.metaKey) {
			window.open(frappe.utils.get_form_link(doctype, card.name), "_blank");
		} else frappe.set_route("Form", doctype, card.name);
	}

	/** Show the card at its new place while the server is asked; `undo` puts it back when that says no. */
	async function carry_out(card, ask, undo) {
		hands.busy.add(card.name);
		nextTick(() => board.focus(card.name));
		try {
			await ask();
		} catch (refusal) {
			undo();
			opts.refuse(card, refusal);
		} finally {
			hands.busy.delete(card.name);
			nextTick(() => board.focus(card.name));
			board.clear_waiting();
			board.load();
		}
	}

	/** Something was done: show it, with the keyboard on that card. */
	async function begun(name) {
		await board.load();
		board.focus(name);
	}

	/** The keys that every such board has; `here` is the card that the keyboard is on. */
	function keys(event) {
		const here = place();
		const on_card = event.target.matches?.(".dlr-car") && here;
		return {
			here: on_card ? here.card : null,
			ArrowDown: () => go(1, 0),
			ArrowUp: () => go(-1, 0),
			ArrowRight: () => go(0, 1),
			ArrowLeft: () => go(0, -1),
			Enter: on_card && (() => open(here.card)),
			m: on_card && (() => menu(here.card, true)),
		};
	}

	function elsewhere(event) {
		if (hands.menu && !event.target.closest?.(".dlr-car-choices, .dlr-car-more")) {
			hands.menu = null;
			board.settle();
		}
	}
	onMounted(() => document.addEventListener("mousedown", elsewhere));
	onUnmounted(() => document.removeEventListener("mousedown", elsewhere));

	const moving = {
		anchor, begun, board, carry_out, drag, drop_ended, dropped, go, hands, keys, menu, move, open, targets,
		word: opts.word || ((to) => __(to)),
	};
	provide(MOVING, moving);
	return moving;
}
