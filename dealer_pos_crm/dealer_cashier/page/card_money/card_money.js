frappe.pages["card-money"].on_page_load = (wrapper) => {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Card Money That Waits"),
		single_column: true,
	});
	frappe.require("card_money.bundle.js", () => {
		wrapper.dlr_screen = new dealer.CardMoney(page);
		wrapper.dlr_screen.show();
	});
};
frappe.pages["card-money"].on_page_show = (wrapper) => wrapper.dlr_screen?.show();
frappe.pages["card-money"].on_page_hide = (wrapper) => wrapper.dlr_screen?.hide();
