/** A salesperson's day: who waits, who comes, what was promised, which deals go on. */

import SalesDay from "./sales_day/SalesDay.vue";
import { Screen } from "./desk/screen";

frappe.provide("dealer");
dealer.SalesDay = class extends Screen {
	constructor(page) {
		super(page, SalesDay, [
			"Lead",
			"Follow Up",
			"Deal Jacket",
			"Showroom Appointment",
			"Showroom Log",
			"Test Drive",
		]);
	}
};
