frappe.pages["lane-board"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Lane Board"),
		single_column: true,
	});
	frappe.require("lane_board.bundle.js", () => {
		wrapper.dlr_screen = new dealer.LaneBoard(page);
		wrapper.dlr_screen.show();
	});
};
frappe.pages["lane-board"].on_page_show = (wrapper) => wrapper.dlr_screen?.show();
frappe.pages["lane-board"].on_page_hide = (wrapper) => wrapper.dlr_screen?.hide();
