frappe.pages["service-day-board"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Day Board"),
		single_column: true,
	});
	frappe.require("day_board.bundle.js", () => {
		wrapper.dlr_screen = new dealer.DayBoard(page);
		wrapper.dlr_screen.show();
	});
};
frappe.pages["service-day-board"].on_page_show = (wrapper) => wrapper.dlr_screen?.show();
frappe.pages["service-day-board"].on_page_hide = (wrapper) => wrapper.dlr_screen?.hide();
