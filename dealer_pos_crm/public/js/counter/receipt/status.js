/** One colour for each status of a receipt and of its tenders, on every screen. */

const COLORS = {
	Collecting: "orange",
	Taken: "green",
	"Part Reversed": "orange",
	Reversed: "red",
	"Given Up": "gray",
};
const TENDERS = { Waiting: "orange", Booked: "green", Failed: "gray", Reversed: "red" };

export const color = (status) => COLORS[status] || "gray";
export const tender_color = (state) => TENDERS[state] || "gray";
