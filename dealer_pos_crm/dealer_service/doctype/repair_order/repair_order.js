frappe.ui.form.on("Repair Order", {
	setup: (frm) => dealer.repair_order.setup(frm),
	refresh: (frm) => dealer.repair_order.refresh(frm),
	mileage_in: (frm) => dealer.repair_order.mileage_changed(frm),
	mileage_out: (frm) => dealer.repair_order.mileage_changed(frm),
});

frappe.ui.form.on("Repair Order Job", {
	jobs_add: (frm, doctype, name) => dealer.repair_order.job_added(frm, doctype, name),
	labor_operation: (frm, doctype, name) => dealer.repair_order.operation_changed(frm, doctype, name),
	pay_type: (frm, doctype, name) => dealer.repair_order.operation_changed(frm, doctype, name),
});

frappe.ui.form.on("Repair Order Part", {
	parts_add: (frm, doctype, name) => dealer.repair_order.row_added(frm, doctype, name),
});

frappe.ui.form.on("Repair Order Sublet", {
	sublets_add: (frm, doctype, name) => dealer.repair_order.row_added(frm, doctype, name),
});
