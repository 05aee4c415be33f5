/** The deal board: every open deal by its stage. */

import DealBoard from "./deal_board/DealBoard.vue";
import { Screen } from "./desk/screen";

frappe.provide("dealer");
dealer.DealBoard = class extends Screen {
	constructor(page) {
		super(page, DealBoard, ["Deal Jacket", "Showroom Log"]);
	}
};
