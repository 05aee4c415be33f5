frappe.pages["counters"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({ parent: wrapper, title: __("Counters"), single_column: true });
	frappe.require(["dealer_counter.bundle.js", "counters.bundle.js"], () => {
		wrapper.dlr_screen = new dealer.Counters(page);
		wrapper.dlr_screen.show();
	});
};
frappe.pages["counters"].on_page_show = (wrapper) => wrapper.dlr_screen?.show();
frappe.pages["counters"].on_page_hide = (wrapper) => wrapper.dlr_screen?.hide();
