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
