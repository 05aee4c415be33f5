/** One colour for each status of a card payment and of a call to the provider, on every screen. */

const COLORS = {
	Waiting: "gray",
	Processing: "blue",
	Authorised: "blue",
	Captured: "green",
	Failed: "red",
	Cancelled: "gray",
	Expired: "gray",
};
const BOOKINGS = {
	"Not Booked": "red",
	Booked: "green",
	"On Account": "orange",
	"Booking Cancelled": "red",
};
const CALLS = {
	Sending: "blue",
	Done: "green",
	Refused: "gray",
	Unknown: "orange",
	"Given Up": "red",
};

export const color = (status) => COLORS[status] || "gray";
export const booking_color = (booking) => BOOKINGS[booking] || "gray";
export const call_color = (status) => CALLS[status] || "gray";

/** The one pill of a list: paid money that is not in the books says that instead. */
export function indicator(doc) {
	const lost = doc.status === "Captured" && ["", "Not Booked", "Booking Cancelled"].includes(doc.booking || "");
	const word = lost ? doc.booking || "Not Booked" : doc.status;
	const tone = lost ? booking_color(word) : color(word);
	const filter = lost && doc.booking ? `booking,=,${doc.booking}` : `status,=,${doc.status}`;
	return [doc.test_mode ? __("{0}, test", [__(word)]) : __(word), tone, filter];
}
