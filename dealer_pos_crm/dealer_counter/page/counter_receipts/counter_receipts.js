frappe.pages["counter-receipts"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Receipts"),
		single_column: true,
	});
	frappe.require("counter_receipts.bundle.js", () => {
		wrapper.dlr_screen = new dealer.CounterReceipts(page);
		wrapper.dlr_screen.show();
	});
};
frappe.pages["counter-receipts"].on_page_show = (wrapper) => wrapper.dlr_screen?.show();
frappe.pages["counter-receipts"].on_page_hide = (wrapper) => wrapper.dlr_screen?.hide();
