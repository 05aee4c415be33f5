/** How an order is paid: like a deposit's tenders, but less than all may be taken. */

import { Tenders } from "../deposit/tenders";

export class Payments extends Tenders {
	get problem() {
		if (!this.modes.length) return super.problem;
		const too_much = this.round(this.paid - this.amount);
		if (too_much > 0) {
			return __("{0} too much: {1} is open. Give change, or take the rest as a deposit", [
				this.show(too_much),
				this.show(this.amount),
			]);
		}
		if (this.rows.some((row) => this.amount_of(row) <= 0))
			return __("A payment has no amount. Remove it, or enter one");
		return null;
	}

	/** Another payer: what is open is another amount, and what was typed counts no more. */
	reset(amount) {
		this.amount = amount;
		while (this.rows.length > 1) this.rows.pop().element.remove();
		this.rows[0].follows = true;
		this.settle();
	}
}
