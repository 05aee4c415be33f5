/** Card money that waits for a person: what is not in the books, calls without an answer, messages not read. */

import CardMoney from "./card_money/CardMoney.vue";
import { Screen } from "./desk/screen";

frappe.provide("dealer");
dealer.CardMoney = class extends Screen {
	constructor(page) {
		super(page, CardMoney, ["Card Payment", "Payment Attempt", "Gateway Event"]);
	}
};
