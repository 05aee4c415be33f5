/** One colour for each status of a card refund, on every screen. */

export const COLORS = {
	Requested: "orange",
	Sending: "orange",
	Pending: "blue",
	"Needs Action": "orange",
	Refunded: "green",
	Failed: "red",
	Rejected: "red",
	Withdrawn: "gray",
};

export const color_of = (status) => COLORS[status] || "gray";
