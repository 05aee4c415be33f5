/** A page of ours with one Vue component: shown, hidden, and kept up to date while somebody looks at it. */

import { createApp, reactive } from "vue";

const EVERY = 60 * 1000;
const SETTLE = 500; // several documents of one step come together

export class Screen {
	/**
	 * @param {object} page Frappe's page
	 * @param {object} component
	 * @param {string[]} doctypes whose changes it shows
	 */
	constructor(page, component, doctypes) {
		this.page = page;
		this.doctypes = doctypes;
		this.state = reactive({ asked: 0, shown: 0, visible: false });
		page.wrapper.addClass("dlr-screen");
		const app = createApp(component, { state: this.state, page });
		SetVueGlobals(app);
		app.mount($('<div class="dlr-screen-body"></div>').appendTo(page.main).get(0));
		this.soon = frappe.utils.debounce(() => this.ask(), SETTLE);
		this.on_list_update = ({ doctype }) => this.doctypes.includes(doctype) && this.soon();
		document.addEventListener("visibilitychange", () => !document.hidden && this.ask());
	}

	show() {
		this.state.visible = true;
		this.state.shown += 1;
		this.state.asked += 1;
		frappe.route_options = null; // what the address says is ours, not the next list's
		this.timer ||= setInterval(() => this.ask(), EVERY);
		// Lists take away everybody's listener when they open; each showing listens anew.
		frappe.realtime.off("list_update", this.on_list_update);
		frappe.realtime.on("list_update", this.on_list_update);
		for (const doctype of this.doctypes) frappe.realtime.doctype_subscribe(doctype);
	}

	hide() {
		this.state.visible = false;
		clearInterval(this.timer);
		this.timer = null;
		frappe.realtime.off("list_update", this.on_list_update);
	}

	/** Bring what is shown up to date, when somebody sees it. */
	ask() {
		if (this.state.visible && !document.hidden) this.state.asked += 1;
	}
}
