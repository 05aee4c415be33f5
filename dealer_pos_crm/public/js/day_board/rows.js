/**
 * Appointments as the board holds them. Times are the dealership's own, as they stand on its wall, whatever
 * time zone the user's machine is in.
 */

const OPEN = ["Booked", "Confirmed"];
const OVER = ["Cancelled", "Rescheduled"];

/** The server sends each row's values in the order of its columns. */
export function unpack(answer) {
	return answer.rows.map((values) =>
		Object.fromEntries(answer.columns.map((name, at) => [name, values[at]]))
	);
}

export function minutes_of(datetime) {
	return Number(datetime.slice(11, 13)) * 60 + Number(datetime.slice(14, 16));
}

export function at_minutes(day, minutes) {
	const two = (number) => String(number).padStart(2, "0");
	return `${day} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:00`;
}

export function wall_clock(datetime) {
	return moment.utc(datetime).format(frappe.datetime.get_user_time_fmt().replace(":ss", ""));
}

export function is_open(row) {
	return OPEN.includes(row.status);
}

export function is_over(row) {
	return OVER.includes(row.status);
}

/** Minutes that somebody expected is late; negative while they have time. `now` is the server's. */
export function lateness(row, now) {
	return moment.utc(now).diff(moment.utc(row.starts_at), "minutes");
}

export function is_overdue(row, now) {
	return is_open(row) && !row.repair_order && row.starts_at < now;
}

export const QUICK = {
	expected: { label: __("expected"), tone: "", is: (row) => is_open(row) && !row.repair_order },
	overdue: { label: __("late"), tone: "red", is: is_overdue },
	unconfirmed: {
		label: __("not confirmed"),
		tone: "orange",
		is: (row, now) => row.status === "Booked" && row.starts_at >= now,
	},
	arrived: { label: __("arrived"), tone: "", is: (row) => row.status === "Arrived" },
	missed: { label: __("no-show"), tone: "red", is: (row) => row.status === "No-show" },
	over: { label: __("cancelled or moved"), tone: "", is: is_over },
};

/** Cancelled and moved ones take no place on the board until somebody asks for them. */
export function matches(row, filters, now) {
	if (filters.only ? !QUICK[filters.only]?.is(row, now) : is_over(row)) return false;
	if (!filters.q) return true;
	const text = [
		row.name,
		row.customer_name,
		row.vehicle_title,
		row.contact_phone,
		(row.contact_phone || "").replace(/\D/g, ""),
		row.concern,
		row.repair_order,
	]
		.join(" ")
		.toLowerCase();
	return filters.q
		.toLowerCase()
		.split(/\s+/)
		.every((word) => text.includes(word));
}
