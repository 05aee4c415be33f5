/** What a technician writes on a job, and where an inspection begins. */

function fields(job, required) {
	return [
		{
			fieldtype: "HTML",
			fieldname: "what",
			options: String(
				dealer.html`<p><b>${job.title}</b> · ${job.order.vehicle_title}${
					job.concern
						? dealer.html`<br /><span class="dlr-small">${__("Concern")}: ${job.concern}</span>`
						: ""
				}</p>`
			),
		},
		{
			fieldtype: "Small Text",
			fieldname: "cause",
			label: __("Cause"),
			default: job.cause,
			reqd: required,
			description: __("What was wrong"),
		},
		{
			fieldtype: "Small Text",
			fieldname: "correction",
			label: __("Correction"),
			default: job.correction,
			reqd: required,
			description: __("What was done about it"),
		},
	];
}

/** Cause and correction, as far as they are known. */
export function write_up(job, done) {
	return dealer.ask({
		title: __("Write Up Job {0}", [job.job_no]),
		fields: fields(job, 0),
		label: __("Save"),
		submit: ({ cause, correction }) =>
			dealer.call("dealer_pos_crm.api.repair_order.set_work", {
				order: job.parent,
				job_no: job.job_no,
				values: { cause, correction },
			}),
		done,
	});
}

/** The job is done; whoever is clocked on to it is clocked off with it. */
export function finish(job, on, done) {
	return dealer.ask({
		title: __("Job {0} Is Done", [job.job_no]),
		fields: fields(job, 1),
		label: __("Done"),
		sentence: () => (on ? __("You are clocked off at the same time.") : ""),
		submit: async ({ cause, correction }) => {
			await dealer.call("dealer_pos_crm.api.repair_order.finish_job", {
				order: job.parent,
				job_no: job.job_no,
				cause,
				correction,
			});
			if (on) await dealer.call("dealer_pos_crm.api.lane.clock_off");
		},
		done,
	});
}

export function open_inspection(job) {
	if (job.inspection) frappe.set_route("Form", "Vehicle Inspection", job.inspection);
	else dealer.inspection.start(job.parent);
}
