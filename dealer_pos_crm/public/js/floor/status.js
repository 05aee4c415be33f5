/** One colour for each state on the showroom floor, on every screen; and what can still be done. */

const APPOINTMENT = {
	Booked: "blue",
	Confirmed: "green",
	Kept: "purple",
	"No-show": "red",
	Cancelled: "gray",
	Rescheduled: "gray",
};
const VISIT = {
	Bought: "green",
	"Left a Deposit": "green",
	"Write-up": "blue",
	"Will Be Back": "blue",
	Thinking: "orange",
	Lost: "gray",
};
const DRIVE = { Out: "blue", Back: "green", Cancelled: "gray" };
const TITLE = {
	Open: "orange",
	"Papers Complete": "blue",
	Sent: "blue",
	Returned: "red",
	Issued: "green",
	Closed: "gray",
	Cancelled: "gray",
};
const BILL = { Draft: "gray", Open: "orange", Done: "green", Cancelled: "gray" };

const ALL = {
	"Showroom Appointment": APPOINTMENT,
	"Test Drive": DRIVE,
	"Title Registration": TITLE,
	"We Owe": BILL,
};

export function color_of(doctype, status) {
	return (doctype === "Showroom Visit" ? VISIT : ALL[doctype])?.[status] || "gray";
}

export const is_expected = (doc) => ["Booked", "Confirmed"].includes(doc.status);

const passed = (at) => Boolean(at) && dealer.seconds_until(at) < 0;

/** Expected, and not here although the time has come. */
export const is_late = (doc) => is_expected(doc) && passed(doc.starts_at);

/** A car that should be back by now. */
export const is_overdue = (doc) => doc.status === "Out" && passed(doc.due_back_at);

/** Title work that should be done by now. */
export function title_is_late(doc) {
	const working = ["Open", "Papers Complete", "Sent", "Returned"].includes(doc.status);
	return working && Boolean(doc.due_on) && doc.due_on < frappe.datetime.get_today();
}
