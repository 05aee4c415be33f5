/** The day board: who is expected when, who is late, and how full each team is. */

import DayBoard from "./day_board/DayBoard.vue";
import { Screen } from "./desk/screen";

frappe.provide("dealer");
dealer.DayBoard = class extends Screen {
	constructor(page) {
		super(page, DayBoard, ["Service Appointment", "Service Team"]);
	}
};
