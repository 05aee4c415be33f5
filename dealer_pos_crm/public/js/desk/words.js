/** Money and time as people read them. Datetimes are the server's, in the system's time zone. */

import { fill, html } from "./html";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function money(amount, currency) {
	return format_currency(amount, currency);
}

/** With its sign, and a true minus. */
export function signed(amount, currency) {
	const sign = amount > 0 ? "+" : amount < 0 ? "−" : "";
	return sign + money(Math.abs(amount), currency);
}

function moment_of(datetime) {
	return frappe.datetime.convert_to_user_tz(datetime, false);
}

export function seconds_until(datetime) {
	return moment_of(datetime).diff(moment(), "seconds");
}

/** "in 20 minutes", "3 hours ago", "in 2 days". */
export function relative(datetime) {
	const seconds = seconds_until(datetime);
	const ahead = seconds >= 0;
	const size = Math.abs(seconds);
	if (size < MINUTE) return seconds > 10 ? __("in a moment") : __("just now"); // clocks differ a little
	if (size < HOUR) {
		const count = Math.round(size / MINUTE);
		if (count === 1) return ahead ? __("in 1 minute") : __("1 minute ago");
		return ahead ? __("in {0} minutes", [count]) : __("{0} minutes ago", [count]);
	}
	if (size < 2 * DAY) {
		const count = Math.round(size / HOUR);
		if (count === 1) return ahead ? __("in 1 hour") : __("1 hour ago");
		return ahead ? __("in {0} hours", [count]) : __("{0} hours ago", [count]);
	}
	const count = Math.round(size / DAY);
	return ahead ? __("in {0} days", [count]) : __("{0} days ago", [count]);
}

/** The day and the clock: "Fri, 11-28-2026 20:30". */
export function exact(datetime) {
	const at = moment_of(datetime);
	const date = at.format(frappe.datetime.get_user_date_fmt().toUpperCase());
	return `${at.format("ddd")}, ${date} ${clock(datetime)}`;
}

export function clock(datetime) {
	const format = frappe.datetime.get_user_time_fmt().replace(":ss", "");
	return moment_of(datetime).format(format);
}

/** Relative time that keeps itself fresh, with the exact one on hover. */
export function when(datetime) {
	if (!datetime) return "";
	return html`<time class="dlr-when" data-at="${datetime}" title="${exact(datetime)}"
		>${relative(datetime)}</time
	>`;
}

/** Colour and words of a time by which something should be done. `soon` in hours. */
export function deadline(datetime, soon = 48) {
	const seconds = seconds_until(datetime);
	if (seconds <= 0) return { tone: "red", late: true };
	if (seconds <= soon * HOUR) return { tone: "orange", late: false };
	return { tone: "", late: false };
}

/** A deadline in a list: coloured when it is near, and said when it has passed. */
export function until(datetime) {
	if (!datetime) return "";
	const { tone, late } = deadline(datetime);
	const told = late ? fill(__("ended {0}"), [when(datetime)]) : when(datetime);
	return html`<span class="${tone && `dlr-${tone}`}" title="${exact(datetime)}">${told}</span>`;
}

/** A time that no longer matters. */
export function quiet(datetime) {
	if (!datetime) return "";
	return html`<span class="text-muted">${when(datetime)}</span>`;
}

/** Every half minute, so that a screen left open does not lie. */
export function keep_fresh() {
	setInterval(() => {
		document.querySelectorAll("time.dlr-when[data-at]").forEach((element) => {
			element.textContent = relative(element.dataset.at);
		});
	}, 30 * 1000);
}
