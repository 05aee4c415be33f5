/** Receipts: found by whatever the customer remembers, opened, printed and e-mailed. */

import Receipts from "./counter/receipts/Receipts.vue";
import { Screen } from "./desk/screen";

const SHOWS = ["Counter Receipt", "Deposit", "Counter Refund", "POS Invoice", "Payment Entry", "Card Payment"];

frappe.provide("dealer");
dealer.CounterReceipts = class extends Screen {
	constructor(page) {
		super(page, Receipts, SHOWS);
	}

	/** The point of sale says whose receipts are looked for. */
	show() {
		if (dealer.receipts_for) this.state.wanted = { ...dealer.receipts_for };
		dealer.receipts_for = null;
		super.show();
	}
};
