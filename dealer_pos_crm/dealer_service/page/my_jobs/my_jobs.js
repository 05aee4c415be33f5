frappe.pages["my-jobs"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("My Jobs"),
		single_column: true,
	});
	frappe.require("my_jobs.bundle.js", () => {
		wrapper.dlr_screen = new dealer.MyJobs(page);
		wrapper.dlr_screen.show();
	});
};
frappe.pages["my-jobs"].on_page_show = (wrapper) => wrapper.dlr_screen?.show();
frappe.pages["my-jobs"].on_page_hide = (wrapper) => wrapper.dlr_screen?.hide();
