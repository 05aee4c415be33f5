frappe.pages["sales-day"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("My Day"),
		single_column: true,
	});
	frappe.require("sales_day.bundle.js", () => {
		wrapper.dlr_screen = new dealer.SalesDay(page);
		wrapper.dlr_screen.show();
	});
};
frappe.pages["sales-day"].on_page_show = (wrapper) => wrapper.dlr_screen?.show();
frappe.pages["sales-day"].on_page_hide = (wrapper) => wrapper.dlr_screen?.hide();
