frappe.listview_settings["Counter Refund"] = {
	add_fields: ["status", "amount", "currency", "requested_by"],
	hide_name_filter: true,
	get_indicator: (doc) => {
		const color = { Requested: "orange", Done: "green", Rejected: "red" }[doc.status] || "gray";
		return [__(doc.status), color, `status,=,${doc.status}`];
	},
};
