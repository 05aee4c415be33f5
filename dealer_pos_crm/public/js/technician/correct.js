/** A forgotten clock, set right by a manager, one after the other. */

export function correct_clocks(rows, done) {
	const [row, ...rest] = rows;
	if (!row) return done?.();
	return correct_clock(row, {
		title:
			rows.length > 1
				? __("Correct a Clock (1 of {0})", [rows.length])
				: __("Correct a Clock"),
		done: () => (rest.length ? correct_clocks(rest, done) : done?.()),
	});
}

export function correct_clock(row, { title, done } = {}) {
	const who = dealer.person(row.technician);
	return dealer.ask({
		title: title || __("Correct a Clock"),
		fields: [
			{
				fieldtype: "HTML",
				fieldname: "what",
				options: String(
					dealer.html`<p>${dealer.fill(__("{0} on {1}, job {2}: {3}"), [
						dealer.html`<b>${who}</b>`,
						dealer.link("Repair Order", row.repair_order),
						row.job_no,
						row.job_title,
					])}</p>`
				),
			},
			{
				fieldtype: "Datetime",
				fieldname: "started_at",
				label: __("Started"),
				reqd: 1,
				default: row.started_at,
			},
			{
				fieldtype: "Datetime",
				fieldname: "ended_at",
				label: __("Ended"),
				reqd: 1,
				default: row.ended_at || row.should_end,
			},
			{
				fieldtype: "Data",
				fieldname: "reason",
				label: __("Reason"),
				reqd: 1,
				placeholder: __("Forgot to clock off; asked at 8:10"),
			},
		],
		label: __("Correct"),
		sentence: ({ started_at, ended_at }) => {
			if (!started_at || !ended_at) return "";
			const hours = moment(ended_at).diff(moment(started_at), "minutes") / 60;
			return __("{0} worked {1} hours on this job.", [who, format_number(hours, null, 2)]);
		},
		submit: ({ started_at, ended_at, reason }) =>
			dealer.call("dealer_pos_crm.api.lane.correct_clock", {
				clock: row.name,
				started_at,
				ended_at,
				reason,
			}),
		done,
	});
}
