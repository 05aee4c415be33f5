/** Lists on small screens: Frappe shows four columns there; these lists answer their question in more. */

export function wide(listview, columns) {
	listview.$page.addClass(`dlr-list dlr-list-${frappe.scrub(listview.doctype, "-")}`);
	const settings = listview.list_view_settings;
	if (settings.total_fields || settings.fields) return; // somebody has set this list up
	settings.total_fields = columns;
	listview.setup_columns();
	delete settings.total_fields;
	listview.render_header(true);
}

/** These fields beside name and status, until somebody sets the list up. Fields must be fetched (add_fields). */
export function columns(listview, names) {
	const settings = listview.list_view_settings;
	if (settings.total_fields || settings.fields) return;
	listview.$page.addClass(`dlr-list dlr-list-${frappe.scrub(listview.doctype, "-")}`);
	listview.columns = [
		...listview.columns.filter(({ type }) => ["Subject", "Tag", "Status"].includes(type)),
		...names
			.map((name) => frappe.meta.get_docfield(listview.doctype, name))
			.filter(Boolean)
			.map((df) => ({ type: "Field", df })),
	];
	listview.render_header(true);
}

export const is_narrow = () => window.innerWidth <= 1366;

/** The order a list begins with, until somebody chooses another. */
export function sorted_by(listview, field, order) {
	if (listview.view_user_settings.sort_by) return;
	listview.sort_selector?.set_value(field, order);
	listview.sort_by = field;
	listview.sort_order = order;
}

/** Reads the list anew. A plain refresh does nothing within three seconds of the last one. */
export function again(listview) {
	listview.last_args = null;
	return listview.refresh();
}
