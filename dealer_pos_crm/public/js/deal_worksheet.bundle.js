/** The worksheet in the form of a deal: one Vue app for each form, shown for one deal at a time. */

import { createApp, reactive } from "vue";
import Worksheet from "./worksheet/Worksheet.vue";

frappe.provide("dealer");
dealer.DealWorksheet = class {
	constructor(wrapper, changed) {
		this.state = reactive({ deal: null, asked: 0, changed });
		const app = createApp(Worksheet, { state: this.state });
		SetVueGlobals(app);
		app.mount(wrapper);
	}

	/** Show this deal; asked again, it brings what is shown up to date and keeps what is being typed. */
	show(deal) {
		this.state.deal = deal;
		this.state.asked += 1;
	}
};
