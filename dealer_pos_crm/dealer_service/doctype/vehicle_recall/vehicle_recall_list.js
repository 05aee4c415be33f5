frappe.listview_settings["Vehicle Recall"] = {
	hide_name_column: true,
	add_fields: ["status", "do_not_drive", "park_outside"],
	filters: [["status", "=", "Open"]],
	onload(listview) {
		dealer.list.wide(listview, 6);
		if (frappe.model.can_create("Vehicle Recall")) {
			listview.page.add_inner_button(__("Import From a File"), () =>
				dealer.recall.import_file(listview)
			);
		}
	},
	get_indicator: (doc) => [
		dealer.recall.words_of(doc),
		dealer.recall.color_of(doc),
		`status,=,${doc.status}`,
	],
};
