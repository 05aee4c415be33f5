/** One colour for each status of a pay request, on every screen. */

export const COLORS = {
	Draft: "gray",
	Sent: "blue",
	Opened: "blue",
	"Part-paid": "orange",
	Paid: "green",
	Held: "blue",
	Failed: "red",
	Expired: "gray",
	Cancelled: "gray",
};

export const LIVE = ["Sent", "Opened", "Part-paid", "Failed"];

export const color_of = (status) => COLORS[status] || "gray";

/** The companies that can be paid from afar, with Test or Live. */
export const takes_links = (company) => Boolean(frappe.boot.dealer?.card_links?.[company]);
