// Appended to ERPNext's point of sale. Where the POS Profile is no dealership's counter, the page stays as it is.
(() => {
	const page = frappe.pages["point-of-sale"];
	if (!page?.on_page_load || page.dlr_counter || !frappe.boot.dealer?.companies?.length) return;
	page.dlr_counter = true;
	const WAIT = 10000; // ms for our part of the screen; a till does not wait longer
	const load = page.on_page_load;

	page.on_page_load = function (wrapper) {
		frappe.require("point-of-sale.bundle.js", () => {
			try {
				extend();
			} catch (fault) {
				console.error(fault);
			}
			load.call(this, wrapper);
		});
	};

	function extend() {
		const Controller = window.erpnext?.PointOfSale?.Controller;
		if (typeof Controller?.prototype?.make_app !== "function") {
			return ours().then((counter) => counter?.pos.unknown(["Controller.make_app"]));
		}
		erpnext.PointOfSale.Controller = class extends Controller {
			make_app(...args) {
				const plain = () => super.make_app(...args);
				if (!this.settings?.dealer_counter) return plain();
				return ours().then((counter) => {
					if (counter) return counter.pos.begin(this, plain);
					frappe.msgprint({
						title: __("Dealership Counter"),
						indicator: "orange",
						message: __(
							"The dealership's part of this screen could not be loaded. Sales work as usual; reload the page to try again."
						),
					});
					return plain();
				});
			}
		};
	}

	/** Our bundle; null when it does not come. Not by frappe.require, which leaves the page frozen then. */
	function ours() {
		const has = () => (window.dealer?.counter?.pos ? dealer.counter : null);
		if (has()) return Promise.resolve(has());
		return new Promise((resolve) => {
			const name = "dealer_counter.bundle.js";
			const path = frappe.boot.assets_json?.[name];
			if (!path) return resolve(null);
			const script = document.createElement("script");
			script.src = path;
			script.onload = () => {
				frappe.assets?._executed?.push(path);
				resolve(has());
			};
			script.onerror = () => resolve(null);
			setTimeout(() => resolve(has()), WAIT);
			document.head.append(script);
		});
	}
})();
