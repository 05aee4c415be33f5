frappe.listview_settings["Vehicle Recon"] = {
	hide_name_column: true,
	add_fields: ["status", "current_step", "due_at", "parts_eta", "days"],
	onload: (listview) => dealer.list.wide(listview, 7),
	get_indicator: (doc) => [__(doc.status), dealer.recon.color_of(doc.status), `status,=,${doc.status}`],
	formatters: {
		due_at: (value, df, doc) => (doc.status === "Open" ? String(dealer.recon.due_in(value)) : ""),
	},
};
