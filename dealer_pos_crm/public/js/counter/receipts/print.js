/** Prints a receipt: the server writes the print down and says which one it is, a hidden frame prints it. */

import { trusted } from "../../desk/html";
import { call } from "../../desk/server";

export const API = "dealer_pos_crm.api.receipt.";
const KEEP = 10 * 60 * 1000; // a printer's dialog may stay open for a while

/**
 * @param {{doctype: string, name: string, print_format?: string}} what the format is chosen for the counter without one
 * @returns {Promise<{number: number, url: string, format: string}|null>} null when it was refused, and said
 */
export async function print({ doctype, name, print_format = null }) {
	try {
		const printed = await call(API + "print_of", { doctype, name, print_format });
		in_a_frame(printed.url);
		frappe.show_alert({ message: said(printed), indicator: printed.number > 1 ? "orange" : "blue" });
		return printed;
	} catch (refusal) {
		frappe.msgprint({
			title: refusal.title || __("Not printed"),
			indicator: "orange",
			message: String(trusted(refusal.message)),
		});
		return null;
	}
}

function said({ name, number }) {
	if (number === null) return __("{0} is printed.", [name]);
	if (!number) return __("{0} is printed. It is not a receipt yet.", [name]);
	return number === 1 ? __("{0} is printed.", [name]) : __("{0} is printed as copy no. {1}.", [name, number - 1]);
}

/** The page prints itself when it is loaded; the screen stays where it is. */
function in_a_frame(url) {
	const frame = document.createElement("iframe");
	Object.assign(frame, { className: "dlr-print-frame", src: url, title: __("Print") });
	frame.setAttribute("aria-hidden", "true");
	frame.tabIndex = -1;
	frame.style.cssText = "position:fixed;right:0;bottom:0;width:0;height:0;border:0";
	document.body.append(frame);
	setTimeout(() => frame.remove(), KEEP);
}
