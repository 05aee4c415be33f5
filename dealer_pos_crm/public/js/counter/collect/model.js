/**
 * What is paid and how, as the dialog holds it. Amounts are whole minor units (cents): nothing is added in floats.
 *
 * A tender that nobody typed an amount into follows: it takes what the others leave. Of cash one types what was
 * given; what is kept of it follows, and the rest is change, unless the customer wants it as credit.
 */

const CASH = "Currency";

export class Collection {
	/** @param {object} facts as the server told @param {{doctype: string, name: string}} [select] */
	constructor(facts, select) {
		this.facts = facts;
		this.currency = facts.currency;
		this.places = cint(get_number_format_info(get_number_format(facts.currency)).precision);
		this.keep_rest = false;
		this.tenders = [];
		this.lines = facts.payables.map((row) => {
			const open = this.minor(row.open);
			return { ...row, open, pay: open, chosen: false };
		});
		this.choose(select);
	}

	/** What one has come to pay is chosen; a deal's balance only when nothing else is there. */
	choose(select) {
		const payable = this.lines.filter((line) => !line.why_not);
		let chosen = payable.filter((line) => is_meant(line, select));
		if (!chosen.length) chosen = payable.filter((line) => !line.deal);
		if (!chosen.length) chosen = payable;
		for (const line of chosen) line.chosen = true;
	}

	minor(major) {
		return Math.round(flt(major) * 10 ** this.places);
	}

	major(minor) {
		return flt(minor / 10 ** this.places, this.places);
	}

	show(minor) {
		return format_currency(this.major(minor), this.currency);
	}

	/** As one types it. */
	text(minor) {
		return format_number(this.major(minor), get_number_format(this.currency), this.places);
	}

	get chosen() {
		return this.lines.filter((line) => line.chosen);
	}

	get total() {
		return sum(this.chosen, "pay");
	}

	get paid() {
		return sum(this.tenders, "amount");
	}

	get missing() {
		return Math.max(this.total - this.paid, 0);
	}

	/** More than is to be paid, in cash that was given or in what else was handed over. */
	get over() {
		const handed = this.tenders.reduce((all, row) => all + Math.max(row.amount, row.given ?? 0), 0);
		return Math.max(handed - this.total, 0);
	}

	/** Of the surplus, what could be handed back. */
	get returnable() {
		const given = this.tenders.reduce((all, row) => all + (is_cash(row) ? row.given ?? 0 : 0), 0);
		return Math.min(this.over, given);
	}

	get change() {
		return this.tenders.reduce((all, row) => all + Math.max((row.given ?? row.amount) - row.amount, 0), 0);
	}

	get credit() {
		return Math.max(this.paid - this.total, 0);
	}

	add(tender) {
		const row = { amount: 0, given: null, typed: null, reference_no: "", ...tender };
		this.tenders.push(row);
		this.settle();
		return row;
	}

	remove(row) {
		this.tenders.splice(this.tenders.indexOf(row), 1);
		this.settle();
	}

	/** Rows that nobody typed into take the rest, as far as they reach. */
	settle() {
		let rest = this.total;
		for (const row of this.tenders) {
			if (row.typed !== null) row.amount = row.typed;
		}
		rest -= sum(this.tenders.filter((row) => row.typed !== null), "amount");
		for (const row of this.tenders.filter((one) => one.typed === null)) {
			const reach = Math.min(row.limit?.(this) ?? Infinity, row.given ?? Infinity);
			row.amount = Math.max(Math.min(rest, reach), 0);
			rest -= row.amount;
		}
		if (!this.keep_rest) return;
		for (const row of this.tenders) {
			if (is_cash(row) && row.given !== null && row.typed === null) row.amount = row.given;
		}
	}

	/** Only what is here is paid: of what is chosen the first lines, as far as it reaches. */
	pay_what_is_here() {
		let rest = this.paid;
		for (const line of this.chosen) {
			line.pay = Math.min(line.pay, rest);
			line.chosen = line.pay > 0;
			if (!line.chosen) line.pay = line.open;
			else rest -= line.pay;
		}
	}

	/** What this row of cash has to bring: what was typed, or what the others leave. */
	due_in(row) {
		if (row.typed !== null) return row.typed;
		return Math.max(this.total - sum(this.tenders.filter((other) => other !== row), "amount"), 0);
	}

	/** What a customer is likely to hand over for an amount: the notes above it. */
	notes_above(minor) {
		const unit = 10 ** this.places;
		const above = [20, 50, 100].map((note) => Math.ceil(minor / (note * unit)) * note * unit);
		return [minor, ...new Set(above.filter((amount) => amount > minor))].slice(0, 4);
	}

	/** How much of what is chosen a deposit or a credit may pay. */
	reach(names) {
		return sum(
			this.chosen.filter((line) => names.includes(line.name)),
			"pay"
		);
	}

	/** What keeps one from collecting, in words; null when all adds up. */
	get problem() {
		for (const line of this.chosen) {
			if (line.pay <= 0) return __("Enter what is paid of {0}, or leave it out.", [line.name]);
			if (line.pay > line.open) return __("Only {0} is open on {1}.", [this.show(line.open), line.name]);
		}
		if (!this.chosen.length && !(this.keep_rest && this.paid)) {
			return this.paid ? null : __("Choose what is paid.");
		}
		if (!this.tenders.length) return __("Choose how it is paid.");
		for (const row of this.tenders) {
			if (row.given !== null && row.given < row.amount) {
				return __("{0}: less was given than is to be kept.", [row.label]);
			}
			if (row.number && !row.reference_no.trim()) return __("Enter the number of the {0}.", [row.label]);
			if (row.way === "Card" && !row.reader) return __("Choose the card reader.");
		}
		if (this.missing) return __("{0} is missing.", [this.show(this.missing)]);
		const empty = this.tenders.find((row) => row.amount <= 0);
		if (empty) return __("{0} is not needed. Remove it.", [empty.label]);
		return null;
	}

	/** The surplus that nobody has decided about yet: what is no cash cannot be handed back. */
	get undecided() {
		return !this.keep_rest && this.paid > this.total;
	}

	args() {
		return {
			lines: this.chosen.map((line) => ({
				doctype: line.doctype,
				name: line.name,
				amount: this.major(line.pay),
			})),
			tenders: this.tenders.map((row) => ({
				way: row.way,
				mode_of_payment: row.mode_of_payment || null,
				amount: this.major(row.amount),
				given: row.given === null ? null : this.major(row.given),
				reference_no: row.reference_no.trim() || null,
				reader: row.reader || null,
				deposit: row.deposit || null,
				credit_of: row.credit_of || null,
			})),
			keep_rest: this.keep_rest,
		};
	}

	// The ways to pay that are there

	/** Each: key, label, and what a row of it begins with. */
	get ways() {
		const { modes, readers, usual, deposits, credits, no_checks } = this.facts;
		const of_mode = (mode) => ({
			key: `Mode|${mode.name}`,
			label: __(mode.name),
			way: "Mode",
			mode_of_payment: mode.name,
			instrument: mode.instrument,
			number: mode.needs_number,
			warning:
				no_checks && mode.instrument === "Personal Check"
					? __("A check of this customer came back.")
					: "",
		});
		const at_reader = {
			key: "Card",
			label: __("Card Reader"),
			way: "Card",
			reader: usual || (readers.length === 1 ? readers[0].name : ""),
			is_reader: true,
		};
		const here = (row, way, source) => ({
			key: `${way}|${source}`,
			label: way === "Deposit" ? __("Deposit") : __("Credit"),
			hint: row.what,
			way,
			available: this.minor(row.amount),
			[way === "Deposit" ? "deposit" : "credit_of"]: source,
			once: true,
			limit: (all) => Math.min(all.minor(row.amount), all.reach(row.may_pay)),
		});
		return [
			...modes.filter(({ instrument }) => instrument === CASH).map(of_mode),
			...(readers.length ? [at_reader] : []),
			...modes.filter(({ instrument }) => instrument !== CASH).map(of_mode),
			...deposits.filter(({ may_pay }) => may_pay.length).map((row) => here(row, "Deposit", row.deposit)),
			...credits.filter(({ may_pay }) => may_pay.length).map((row) => here(row, "Credit", row.name)),
		];
	}
}

export const is_cash = (row) => row.way === "Mode" && row.instrument === CASH;

function is_meant(line, { doctype, name } = {}) {
	if (!name) return false;
	return name === { "Repair Order": line.repair_order, "Deal Jacket": line.deal }[doctype] || name === line.name;
}

function sum(rows, field) {
	return rows.reduce((all, row) => all + row[field], 0);
}
