/** How a car stands in stock: days, price, recon, deals on it, what it had for a price; costs where one may. */

import { ask } from "../desk/ask";
import { fill, html, link, pill, trusted } from "../desk/html";
import { call } from "../desk/server";
import { exact, money, signed } from "../desk/words";
import { line } from "../recon/form";

const GET = { type: "GET" };
const PRICES = 5;

export async function overview(frm) {
	const field = frm.fields_dict.stock_overview;
	if (!field || frm.is_new()) return frm.toggle_display("standing_section", false);
	const name = frm.doc.name;
	if (field.$wrapper.data("vehicle") !== name) field.$wrapper.empty().data("vehicle", name);
	let facts;
	try {
		facts = await call("dealer_pos_crm.api.stock.get_overview", { vehicle: name }, GET);
	} catch (refusal) {
		field.$wrapper.html(
			String(html`<div class="dlr-note dlr-note-red"><div>${trusted(refusal.message)}</div></div>`)
		);
		return;
	}
	if (frm.doc.name !== name) return;
	// A customer's own car that never was in stock has nothing to say here.
	const standing = Boolean(facts.currency) && (facts.in_stock || Boolean(facts.acquired_on));
	frm.toggle_display("standing_section", standing);
	if (!facts.currency) return;
	if (!standing) return buttons(frm, facts);
	field.$wrapper.html(String(shown(facts)));
	buttons(frm, facts);
}

function shown(facts) {
	return html`<div class="dlr-stock">
		<div class="dlr-recon-head">${heads(facts).map(
			([label, value]) => html`<div><div class="dlr-label">${label}</div><div>${value}</div></div>`
		)}</div>
		${facts.recon.recon || facts.in_stock
			? html`<div class="dlr-stock-block"><div class="dlr-label">${__("Recon")}</div>${line(facts.recon.recon)}</div>`
			: ""}
		<div class="dlr-stock-two">
			<div><div class="dlr-label">${__("Deals on it")}</div>${deals(facts.deals)}</div>
			<div><div class="dlr-label">${__("Price History")}</div>${prices(facts)}</div>
		</div>
	</div>`;
}

function heads(facts) {
	const found = [];
	if (facts.in_stock || facts.acquired_on) {
		const tone = facts.in_stock && facts.days > 90 ? "dlr-red" : facts.in_stock && facts.days > 60 ? "dlr-orange" : "";
		found.push([
			__("In Stock"),
			html`<b class="${tone}">${facts.days === 1 ? __("1 day") : __("{0} days", [facts.days])}</b>
				${facts.acquired_from ? html`<span class="text-muted">${__(facts.acquired_from)}</span>` : ""}`,
		]);
	}
	if (facts.days_to_line !== null) {
		found.push([
			__("To the Front Line"),
			facts.days_to_line === 1 ? __("1 day") : __("{0} days", [facts.days_to_line]),
		]);
	}
	found.push([
		__("Price"),
		facts.price
			? html`<b>${money(facts.price, facts.currency)}</b>${
					facts.of_list ? html` <span class="text-muted">${__("{0} % of list", [facts.of_list])}</span>` : ""
			  }`
			: html`<span class="text-muted">${__("No price yet")}</span>`,
	]);
	const costs = facts.costs;
	if (costs) {
		found.push([
			__("Cost"),
			html`<span title="${parts_of(costs, facts.currency)}">${money(costs.total, facts.currency)}</span>`,
		]);
		if (costs.margin !== null) {
			found.push([
				__("Price less Cost"),
				html`<span class="${costs.margin < 0 ? "dlr-red" : ""}">${signed(costs.margin, facts.currency)}</span>`,
			]);
		}
		if (facts.in_stock) found.push([__("Holding Cost"), money(costs.holding, facts.currency)]);
	}
	return found;
}

function parts_of(costs, currency) {
	return [
		`${costs.source}: ${money(costs.acquisition, currency)}`,
		`${__("Recon")}: ${money(costs.recon, currency)}`,
		`${__("Other")}: ${money(costs.other, currency)}`,
	].join("\n");
}

function deals(rows) {
	if (!rows.length) return html`<div class="text-muted">${__("None yet")}</div>`;
	return html`${rows.map(
		(row) => html`<div class="dlr-stock-row">
			${link("Deal Jacket", row.name, row.customer_name || row.name)}
			${pill(__(row.stage), row.stage === "Lost" ? "gray" : "blue")}
			<span class="dlr-small">${row.salesperson || ""}</span>
		</div>`
	)}`;
}

function prices(facts) {
	const rows = facts.prices;
	if (!rows.length) return html`<div class="text-muted">${__("None yet")}</div>`;
	return html`${rows.slice(0, PRICES).map(
		(row) => html`<div class="dlr-stock-row" title="${exact(row.changed_at)} · ${row.changed_by}">
			<span class="dlr-money">${money(row.price, facts.currency)}</span>
			${row.before
				? html`<span class="dlr-small">${signed(row.price - row.before, facts.currency)}</span>`
				: ""}
			<span class="dlr-small">${frappe.datetime.str_to_user(row.changed_at.slice(0, 10))}${
				row.reason ? ` · ${row.reason}` : ""
			}</span>
		</div>`
	)}
	${rows.length > PRICES ? html`<div class="dlr-small">${__("Earlier ones stand in Price History below")}</div>` : ""}`;
}

function buttons(frm, facts) {
	if (frm.is_dirty()) return;
	if (facts.may.reprice) {
		frm.add_custom_button(__("New Price"), () => new_price(frm, facts), __("Stock"));
	}
	if (facts.recon.may_start) {
		frm.add_custom_button(__("Start Recon"), () => start_recon(frm), __("Stock"));
	}
	if (facts.may.stock_in) {
		frm.add_custom_button(__("Take into Stock"), () => take_in(frm, facts), __("Stock"));
	}
}

function new_price(frm, facts) {
	return ask({
		title: __("New Price: {0}", [frm.doc.title]),
		fields: [
			{
				fieldtype: "Currency",
				fieldname: "price",
				label: __("Price"),
				options: facts.currency,
				default: facts.price,
				reqd: 1,
			},
			{ fieldtype: "Data", fieldname: "reason", label: __("Reason"), reqd: 1 },
		],
		label: __("Change Price"),
		problem: ({ price }) => (price === facts.price ? __("That is the price it has.") : null),
		sentence: ({ price }) =>
			price
				? fill(__("{0} instead of {1}."), [
						html`<b>${money(price, facts.currency)}</b>`,
						money(facts.price, facts.currency),
				  ])
				: "",
		submit: (values) =>
			call("dealer_pos_crm.api.stock.reprice", { vehicle: frm.doc.name, ...values }),
		done: () => frm.reload_doc(),
	});
}

async function start_recon(frm) {
	try {
		const recon = await call("dealer_pos_crm.api.recon.start", { vehicle: frm.doc.name });
		frappe.set_route("Form", "Vehicle Recon", recon);
	} catch (refusal) {
		frappe.msgprint({
			title: refusal.title || __("Not possible"),
			message: String(trusted(refusal.message)),
			indicator: "red",
		});
	}
}

function take_in(frm, facts) {
	return ask({
		title: __("Take into Stock: {0}", [frm.doc.title]),
		fields: [
			{
				fieldtype: "Select",
				fieldname: "acquired_from",
				label: __("Acquired By"),
				options: ["Trade-in", "Auction", "Factory", "Purchase", "Lease Return"],
				default: "Purchase",
				reqd: 1,
			},
			{
				fieldtype: "Date",
				fieldname: "on",
				label: __("On"),
				default: frappe.datetime.get_today(),
				reqd: 1,
			},
			{ fieldtype: "Currency", fieldname: "cost", label: __("Paid for It"), options: facts.currency },
			{ fieldtype: "Int", fieldname: "mileage", label: __("Mileage"), default: frm.doc.mileage || null },
			{
				fieldtype: "Data",
				fieldname: "stock_number",
				label: __("Stock Number"),
				description: __("Empty: the next of the series"),
			},
		],
		label: __("Take into Stock"),
		sentence: () => __("Its recon begins, and its owner's time ends."),
		submit: (values) =>
			call("dealer_pos_crm.api.stock.stock_in", { vehicle: frm.doc.name, values }),
		done: () => frm.reload_doc(),
	});
}
