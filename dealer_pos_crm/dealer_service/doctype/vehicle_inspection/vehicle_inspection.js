frappe.ui.form.on("Vehicle Inspection", {
	setup: (frm) => dealer.inspection.setup(frm),
	refresh: (frm) => dealer.inspection.refresh(frm),
	repair_order: (frm) => dealer.inspection.begin(frm),
});
