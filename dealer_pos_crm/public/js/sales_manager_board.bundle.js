/** The sales manager's board: what waits, for whom, since when. */

import ManagerBoard from "./manager_board/ManagerBoard.vue";
import { Screen } from "./desk/screen";

frappe.provide("dealer");
dealer.SalesManagerBoard = class extends Screen {
	constructor(page) {
		super(page, ManagerBoard, ["Lead", "Deal Jacket", "Deal Scenario", "Test Drive", "Vehicle Recon"]);
	}
};
