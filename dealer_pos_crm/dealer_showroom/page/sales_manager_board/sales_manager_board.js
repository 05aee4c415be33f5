frappe.pages["sales-manager-board"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Sales Manager"),
		single_column: true,
	});
	frappe.require("sales_manager_board.bundle.js", () => {
		wrapper.dlr_screen = new dealer.SalesManagerBoard(page);
		wrapper.dlr_screen.show();
	});
};
frappe.pages["sales-manager-board"].on_page_show = (wrapper) => wrapper.dlr_screen?.show();
frappe.pages["sales-manager-board"].on_page_hide = (wrapper) => wrapper.dlr_screen?.hide();
