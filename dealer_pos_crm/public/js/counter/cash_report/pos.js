/** The cash counter at the point of sale: the payer can be recorded at any time. */

import { context } from "../pos/context";
import { register } from "../pos/registry";
import { enter } from "./payer";

export function setup() {
	register({
		id: "cash-payer",
		label: __("Record Payer of Cash"),
		needs_customer: true,
		order: 90,
		action: () => {
			const { customer, company } = context();
			return enter({ customer, company });
		},
	});
}
