frappe.listview_settings["Card Reader"] = {
	hide_name_column: true,
	add_fields: ["enabled", "reader_id", "state", "test_mode", "counter"],
	get_indicator: (doc) => [
		dealer.card.reader.word_of(doc),
		dealer.card.reader.color_of(doc),
		doc.state ? `state,=,${doc.state}` : "reader_id,is,not set",
	],
};
