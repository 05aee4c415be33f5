/** What is paid: a table of what is open, with boxes, and how much of each. */

import { html, link } from "../../desk/html";
import { quiet_number } from "./inputs";

export class Lines {
	/** @param {JQuery} parent @param {object} model @param {() => void} changed */
	constructor(parent, model, changed, fixed = false) {
		this.model = model;
		this.fixed = fixed; // what is paid was chosen already
		this.changed = changed;
		this.rows = [];
		const body = $(
			String(html`<table class="dlr-collect-lines">
				<caption class="sr-only">${__("What is paid")}</caption>
				<thead>
					<tr>
						<th scope="col" colspan="2">${__("What")}</th>
						<th scope="col" class="dlr-money">${__("Open")}</th>
						<th scope="col" class="dlr-money">${__("Pay Now")}</th>
					</tr>
				</thead>
				<tbody></tbody>
			</table>`)
		).appendTo(parent);
		for (const line of model.lines) this.rows.push(this.row(line, body.find("tbody")));
		if (!model.lines.length) {
			body.find("tbody").append(
				String(html`<tr class="dlr-collect-nothing"><td colspan="4">
					${__("Nothing is open. What is taken stands as the customer's credit.")}
				</td></tr>`)
			);
		}
	}

	row(line, body) {
		const title = line.what || line.name;
		const element = $(
			String(html`<tr>
				<td class="dlr-collect-box">
					<input type="checkbox" aria-label="${title}" ${line.why_not || this.fixed ? "disabled" : ""} />
				</td>
				<td>
					<div class="dlr-collect-title">${title}</div>
					<div class="dlr-small">
						${title.includes(line.name) ? "" : html`${link(line.doctype, line.name)} · `}
						${frappe.datetime.str_to_user(line.posted)}
						${line.why_not ? html`<div class="dlr-orange">${line.why_not}</div>` : ""}
					</div>
				</td>
				<td class="dlr-money">${this.model.show(line.open)}</td>
				<td class="dlr-money"></td>
			</tr>`)
		).appendTo(body);
		element.find("a").attr({ target: "_blank", tabindex: -1 });
		const box = element.find("input[type=checkbox]").prop("checked", line.chosen);
		const amount = quiet_number(this.model, __("Pay now of {0}", [title]), (minor) => {
			line.pay = minor ?? 0;
			this.changed();
		});
		element.find("td").last().append(line.why_not ? "" : amount.input);
		box.on("change", () => {
			line.chosen = box.prop("checked");
			this.changed();
		});
		element.on("click", (event) => {
			if (line.why_not || this.fixed || $(event.target).closest("input, a").length) return;
			box.prop("checked", !box.prop("checked")).trigger("change");
		});
		return { line, box, amount, element };
	}

	refresh() {
		for (const { line, box, amount, element } of this.rows) {
			box.prop("checked", line.chosen);
			element.toggleClass("dlr-collect-chosen", line.chosen).toggleClass("text-muted", Boolean(line.why_not));
			amount.input.prop("disabled", this.fixed || !line.chosen);
			amount.show(line.chosen ? line.pay : null);
		}
	}
}
