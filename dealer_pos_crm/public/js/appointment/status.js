/** One colour for each status of an appointment, on every screen; and what can still be done with it. */

export const COLORS = {
	Booked: "blue",
	Confirmed: "green",
	Arrived: "purple",
	"No-show": "red",
	Cancelled: "gray",
	Rescheduled: "gray",
};

export const OPEN = ["Booked", "Confirmed"];

export function color_of(status) {
	return COLORS[status] || "gray";
}

export function is_open(doc) {
	return OPEN.includes(doc.status);
}

/** Expected, and not here although its time has come. */
export function is_overdue(doc) {
	return is_open(doc) && Boolean(doc.starts_at) && dealer.seconds_until(doc.starts_at) < 0;
}
