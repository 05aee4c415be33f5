/** The Dealership tab of the Customer form: one Vue app for each form, shown for one customer at a time. */

import { createApp, reactive } from "vue";
import CustomerOverview from "./customer_overview/CustomerOverview.vue";

export class CustomerTab {
	constructor(wrapper) {
		this.state = reactive({ customer: null, asked: 0 });
		const app = createApp(CustomerOverview, { state: this.state });
		SetVueGlobals(app);
		app.mount(wrapper);
	}

	/** Show this customer; asked again, it brings what is shown up to date. */
	show(customer) {
		this.state.customer = customer;
		this.state.asked += 1;
	}
}

frappe.provide("dealer");
dealer.CustomerTab = CustomerTab;
