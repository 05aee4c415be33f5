/** A technician's jobs and clock. */

import MyJobs from "./technician/MyJobs.vue";
import { Screen } from "./desk/screen";

frappe.provide("dealer");
dealer.MyJobs = class extends Screen {
	constructor(page) {
		super(page, MyJobs, ["Repair Order", "Technician Clock"]);
	}
};
