/** One box for repair orders: a number, a name, a phone, the end of a VIN, a plate, a tag. */

import { html, link, pill } from "../desk/html";
import { call } from "../desk/server";
import { when } from "../desk/words";
import { color_of } from "./status";

const GET = { type: "GET" };

export function find() {
	let asked = 0;
	let start = 0;
	const dialog = new frappe.ui.Dialog({
		title: __("Find a Repair Order"),
		fields: [
			{
				fieldtype: "Data",
				fieldname: "text",
				label: __("Number, customer, phone, VIN tail, plate or tag"),
			},
			{ fieldtype: "HTML", fieldname: "found" },
		],
	});
	const area = dialog.fields_dict.found.$wrapper.attr("aria-live", "polite");
	const look = async (more) => {
		const text = (dialog.fields_dict.text.$input.val() || "").trim();
		const mine = ++asked;
		start = more ? start + 20 : 0;
		if (text.length < 2) return area.html("");
		const answer = await call("dealer_pos_crm.api.repair_order.find", { text, start }, GET);
		if (mine !== asked) return;
		area.find(".dlr-more").remove();
		const rows = html`${answer.rows.map(row_of)}${
			answer.more ? html`<button class="btn btn-default btn-xs dlr-more">${__("More")}</button>` : ""
		}`;
		if (more) area.find(".dlr-found").append(String(rows));
		else {
			area.html(
				String(
					answer.rows.length
						? html`<div class="dlr-found">${rows}</div>`
						: html`<div class="dlr-small">${__("No repair order fits {0}", [text])}</div>`
				)
			);
		}
	};
	dialog.fields_dict.text.$input.on("input", frappe.utils.debounce(() => look(false), 250));
	area.on("click", ".dlr-more", () => look(true));
	area.on("click", "a", () => dialog.hide());
	dialog.$wrapper.on("keydown", (event) => {
		if (event.key === "Enter") {
			event.preventDefault();
			area.find("a").get(0)?.click();
		}
	});
	dialog.show();
	return dialog;
}

function row_of(row) {
	const more = [row.vehicle_title, row.plate, row.tag && __("Tag {0}", [row.tag]), row.contact_phone]
		.filter(Boolean)
		.join(" · ");
	return html`<div class="dlr-line">
		<span>
			${link("Repair Order", row.name, `${row.name} · ${row.customer_name}`)}
			<span class="dlr-small">${more}</span>
		</span>
		<span>${pill(__(row.status), color_of(row.status))} <span class="dlr-small">${when(row.opened_at)}</span></span>
	</div>`;
}
