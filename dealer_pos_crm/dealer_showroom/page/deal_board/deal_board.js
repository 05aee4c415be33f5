frappe.pages["deal-board"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Deal Board"),
		single_column: true,
	});
	frappe.require("deal_board.bundle.js", () => {
		wrapper.dlr_screen = new dealer.DealBoard(page);
		wrapper.dlr_screen.show();
	});
};
frappe.pages["deal-board"].on_page_show = (wrapper) => wrapper.dlr_screen?.show();
frappe.pages["deal-board"].on_page_hide = (wrapper) => wrapper.dlr_screen?.hide();
