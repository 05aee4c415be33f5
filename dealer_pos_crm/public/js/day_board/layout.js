/**
 * Where each card of a day stands. A row for each hour, as high as its fullest cell; every card has one size,
 * so that the place of the four hundredth is known without drawing the ones before it.
 */

import { minutes_of } from "./rows";

export const CARD = { width: 218, height: 66, gap: 6 };
export const GUTTER = 56; // the hours, left
const PAD = 6;
const SHORTEST_ROW = 40;

/** The hours of the day: opening hours, widened to what is booked; a house that keeps none has a usual day. */
export function hours_of(answer, rows) {
	const open = answer.opens && answer.opens !== "00:00" ? Number(answer.opens.slice(0, 2)) : 8;
	const shut =
		answer.closes && answer.opens !== "00:00"
			? Math.ceil(Number(answer.closes.slice(0, 2)) + Number(answer.closes.slice(3)) / 60)
			: 18;
	const booked = rows.map((row) => Math.floor(minutes_of(row.starts_at) / 60));
	const first = Math.min(open, ...booked);
	const last = Math.max(shut - 1, ...booked);
	return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/**
 * @param {object[]} columns with `key`
 * @param {number[]} hours
 * @param {object[]} rows in the order of their time
 * @param {(row: object) => string} key_of which column a row belongs to
 * @param {number} width in pixels that there is
 */
export function lay_out(columns, hours, rows, key_of, width) {
	const room = Math.max(width - GUTTER, 0);
	const column_width = Math.max(CARD.width + 2 * PAD, Math.floor(room / Math.max(columns.length, 1)));
	const abreast = Math.max(1, Math.floor((column_width - 2 * PAD + CARD.gap) / (CARD.width + CARD.gap)));
	const card_width = Math.floor((column_width - 2 * PAD - (abreast - 1) * CARD.gap) / abreast);
	const column_at = Object.fromEntries(columns.map((column, at) => [column.key, at]));
	const cells = new Map();
	for (const row of rows) {
		const at = column_at[key_of(row)];
		if (at === undefined) continue;
		const cell = `${Math.floor(minutes_of(row.starts_at) / 60)}|${at}`;
		if (!cells.has(cell)) cells.set(cell, []);
		cells.get(cell).push(row);
	}
	const cards = [];
	const lines = [];
	let top = 0;
	for (const hour of hours) {
		let most = 0;
		columns.forEach((_column, at) => {
			const here = cells.get(`${hour}|${at}`) || [];
			here.forEach((row, place) => {
				cards.push({
					row,
					column: at,
					hour,
					left: GUTTER + at * column_width + PAD + (place % abreast) * (card_width + CARD.gap),
					top: top + PAD + Math.floor(place / abreast) * (CARD.height + CARD.gap),
				});
			});
			most = Math.max(most, Math.ceil(here.length / abreast));
		});
		const height = Math.max(SHORTEST_ROW, most ? 2 * PAD + most * (CARD.height + CARD.gap) - CARD.gap : 0);
		lines.push({ hour, top, height });
		top += height;
	}
	return {
		cards,
		lines,
		column_width,
		card_width,
		height: top,
		width: GUTTER + columns.length * column_width,
	};
}

/** The cards that can be seen, and a screen's worth around them: all that needs to be drawn. */
export function in_sight(cards, top, height) {
	const from = top - height / 2;
	const until = top + height * 1.5;
	return cards.filter((card) => card.top + CARD.height > from && card.top < until);
}

/** The card beside one: `down` in its column, `right` in the next column that has any, at about its time. */
export function beside(cards, name, down, right, columns) {
	const here = cards.find((card) => card.row.name === name);
	if (!here) return cards[0] || null;
	const of = (column) => cards.filter((card) => card.column === column);
	if (down) {
		const own = of(here.column);
		return own[own.indexOf(here) + down] || null;
	}
	for (let at = here.column + right; at >= 0 && at < columns; at += right) {
		const there = of(at);
		if (there.length) {
			return there.reduce((best, card) =>
				Math.abs(card.top - here.top) < Math.abs(best.top - here.top) ? card : best
			);
		}
	}
	return null;
}

/** Which column and hour a point of the sheet is in; null beside it. */
export function cell_at(layout, columns, x, y) {
	const column = Math.floor((x - GUTTER) / layout.column_width);
	const line = layout.lines.find(({ top, height }) => y >= top && y < top + height);
	return line && columns[column] ? { column: columns[column], at: column, hour: line.hour, line } : null;
}
