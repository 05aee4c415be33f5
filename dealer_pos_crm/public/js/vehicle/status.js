import { html } from "../desk/html";

const COLORS = {
	"In Recon": "yellow",
	"Front-line Ready": "green",
	"On Hold": "orange",
	Sold: "blue",
	"Customer-owned": "gray",
};

export function color_of(status) {
	return COLORS[status] || "gray";
}

/** "34 days", coloured when the car grows old: over 60 and over 90 days. */
export function days_in_stock(acquired_on) {
	if (!acquired_on) return "";
	const days = Math.max(frappe.datetime.get_day_diff(frappe.datetime.get_today(), acquired_on), 0);
	const tone = days > 90 ? "dlr-red" : days > 60 ? "dlr-orange" : "";
	return html`<span class="${tone}" title="${frappe.datetime.str_to_user(acquired_on)}"
		>${days === 1 ? __("1 day") : __("{0} days", [days])}</span
	>`;
}

/** The number of a car with its small picture. */
export function with_photo(text, photo) {
	return html`${photo ? html`<img class="dlr-stock-photo" src="${encodeURI(photo)}" alt="" loading="lazy" /> ` : ""}${text || ""}`;
}
