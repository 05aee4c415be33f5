/** The lane board: every car that is expected or in the shop, by what it waits for. */

import LaneBoard from "./lane_board/LaneBoard.vue";
import { Screen } from "./desk/screen";

frappe.provide("dealer");
dealer.LaneBoard = class extends Screen {
	constructor(page) {
		super(page, LaneBoard, ["Repair Order", "Service Appointment", "Service Log"]);
	}
};
