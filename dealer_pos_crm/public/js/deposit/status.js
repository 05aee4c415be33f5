/** One colour for each status of a deposit, on every screen. */

export const COLORS = {
	Draft: "gray",
	Held: "blue",
	"Partly Applied": "blue",
	"Partly Refunded": "blue",
	Expired: "red",
	Applied: "green",
	Refunded: "gray",
	Forfeited: "purple",
	Cancelled: "gray",
};

export const HOLDING = ["Held", "Partly Applied", "Partly Refunded", "Expired"];

export function color_of(status) {
	return COLORS[status] || "gray";
}

export function holds_money(doc) {
	return HOLDING.includes(doc.status);
}
