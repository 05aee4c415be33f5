// Appended to ERPNext's point of sale. Where no company has a card reader, the page is left as it is.
(() => {
	const page = frappe.pages["point-of-sale"];
	if (!page?.on_page_load || page.dlr_card) return;
	page.dlr_card = true;
	const load = page.on_page_load;
	page.on_page_load = function (wrapper) {
		const pos = window.dealer?.card?.pos;
		if (!pos?.is_wanted()) return load.call(this, wrapper);
		frappe.require("point-of-sale.bundle.js", () => {
			if (window.erpnext?.PointOfSale?.Controller) {
				erpnext.PointOfSale.Controller = pos.extended(erpnext.PointOfSale.Controller);
			}
			load.call(this, wrapper);
		});
	};
})();
