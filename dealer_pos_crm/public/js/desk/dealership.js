/** Which companies are dealerships, as Desk was told at its start. */

export function companies() {
	return frappe.boot.dealer?.companies || [];
}

export function is_dealership(company) {
	return company ? companies().includes(company) : companies().length > 0;
}

/** A company became one since: no reload needed. */
export function add_company(company) {
	if (!is_dealership(company)) {
		frappe.boot.dealer = { companies: [...companies(), company] };
	}
}

/** The company of a new document: the user's own when it is a dealership, else the only one. */
export function usual_company(company) {
	if (is_dealership(company) && company) return company;
	return companies().length === 1 ? companies()[0] : null;
}

/** The dealership a person most likely means: their own, else the first. */
export function my_company() {
	return usual_company(frappe.defaults.get_user_default("Company")) || companies()[0];
}

/** The filter that every report of ours begins with. */
export const report_company = () => ({
	fieldname: "company",
	label: __("Company"),
	fieldtype: "Link",
	options: "Company",
	reqd: 1,
	default: my_company(),
	get_query: () => ({ filters: { name: ["in", companies()] } }),
});

/** The filters "from" and "to", both days included. */
export const report_period = (from, { to = frappe.datetime.get_today(), label } = {}) => [
	{ fieldname: "from_date", label: label || __("From"), fieldtype: "Date", reqd: 1, default: from },
	{ fieldname: "to_date", label: __("To"), fieldtype: "Date", reqd: 1, default: to },
];
