/** Every counter now: who stands there, what the drawer should hold, and what keeps a shift from closing. */

import Counters from "./counters/Counters.vue";
import { Screen } from "./desk/screen";

frappe.provide("dealer");
dealer.Counters = class extends Screen {
	constructor(page) {
		super(page, Counters, ["Shift Count", "POS Opening Entry", "POS Closing Entry", "POS Invoice", "Payment Entry"]);
	}
};
