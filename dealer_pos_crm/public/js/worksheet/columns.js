/** The scenarios of a deal as columns, and the rows that they share. */

export const TABLES = ["lines", "products", "trades"];

const copy = (values) => JSON.parse(JSON.stringify(values));

/** A column as the screen works with it: what the server has, and what is being typed. */
export function column_of(row, standing) {
	const keeps = standing?.dirty && !row.frozen;
	return {
		...row,
		draft: keeps ? standing.draft : copy(row.values),
		dirty: Boolean(keeps),
		problem: keeps ? standing.problem : "",
		busy: false,
	};
}

export function reset(column) {
	column.draft = copy(column.values);
	column.dirty = false;
	column.problem = "";
}

/** The lines of all scenarios, each name once, in the order in which they were written first. */
export function line_rows(columns) {
	return shared(columns, "lines", (row) => `${row.kind}|${row.label}`, (row) => ({
		kind: row.kind,
		label: row.label,
	}));
}

export function product_rows(columns) {
	return shared(columns, "products", (row) => row.product, (row) => ({ product: row.product }));
}

export function trade_rows(columns, trades) {
	const rows = shared(columns, "trades", (row) => row.trade_in, (row) => ({
		trade_in: row.trade_in,
		what: row.what,
	}));
	for (const row of rows) {
		row.trade = trades.find((found) => found.name === row.trade_in);
		row.what ||= row.trade?.what || row.trade_in;
	}
	return rows;
}

function shared(columns, table, key_of, more) {
	const found = new Map();
	for (const column of columns) {
		for (const row of column.draft[table]) {
			const key = key_of(row);
			if (!found.has(key)) found.set(key, { key, ...more(row) });
		}
	}
	return [...found.values()];
}

export function line_in(column, row) {
	return column.draft.lines.find((line) => `${line.kind}|${line.label}` === row.key);
}

export function product_in(column, row) {
	return column.draft.products.find((line) => line.product === row.key);
}

export function trade_in(column, row) {
	return column.draft.trades.find((line) => line.trade_in === row.key);
}

export function drop(column, table, line) {
	column.draft[table] = column.draft[table].filter((found) => found !== line);
}

const TONES = {
	Draft: "gray",
	Chosen: "blue",
	"To Approve": "orange",
	Approved: "green",
	Rejected: "red",
};

export const tone_of = (status) => TONES[status] || "gray";
