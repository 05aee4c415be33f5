/** Somebody is at the door: name, phone, who helps. Whoever is on file is found while typing. */

import { ask } from "../desk/ask";
import { my_company } from "../desk/dealership";
import { fill, html, pill, trusted } from "../desk/html";
import { call } from "../desk/server";
import { clock, relative } from "../desk/words";

const GET = { type: "GET" };

/**
 * @param {object} [known] who it is already: customer, lead, deal, appointment, person_name, company,
 *        salesperson, vehicle
 */
export function up(known = {}, done = null) {
	const company = known.company || my_company();
	let chosen =
		known.customer || known.lead || known.deal || known.appointment ? { ...known } : null;
	let found = [];
	let asked = 0;

	const dialog = ask({
		title: __("Somebody Is Here"),
		fields: [
			{ fieldtype: "Data", fieldname: "person", label: __("Name"), hidden: chosen ? 1 : 0 },
			{ fieldtype: "Column Break" },
			{ fieldtype: "Data", fieldname: "phone", label: __("Phone"), hidden: chosen ? 1 : 0 },
			{ fieldtype: "Section Break", hide_border: 1 },
			{ fieldtype: "HTML", fieldname: "found" },
			{ fieldtype: "Section Break", hide_border: 1 },
			{
				fieldtype: "Link",
				fieldname: "salesperson",
				label: __("Who Helps"),
				options: "User",
				only_select: 1,
				default: known.salesperson || own_seat(),
				get_query: () => ({ filters: { enabled: 1, user_type: "System User" } }),
			},
			{ fieldtype: "Column Break" },
			{
				fieldtype: "Link",
				fieldname: "vehicle",
				label: __("Came For"),
				options: "Dealer Vehicle",
				only_select: 1,
				default: known.vehicle,
				get_query: () => ({
					filters: { company, status: ["not in", ["Sold", "Customer-owned"]] },
				}),
			},
			{ fieldtype: "Section Break", hide_border: 1 },
		],
		label: __("Welcome"),
		missing: ({ person, phone, salesperson }) => {
			if (!chosen && (person || "").trim().length < 2)
				return __("Type a name or a phone number.");
			if (!chosen && (phone || "").replace(/\D/g, "").length < 7)
				return __("A phone number is still missing, so that somebody can call back.");
			return salesperson ? null : __("Who helps?");
		},
		sentence: ({ person }) => {
			if (!chosen) {
				return (person || "").trim()
					? fill(__("{0} is new here: a walk-in lead with name and phone begins."), [
							html`<b>${person}</b>`,
					  ])
					: "";
			}
			const name = html`<b>${chosen.person_name || chosen.name}</b>`;
			if (chosen.appointment)
				return fill(__("{0} came by appointment: it is kept."), [name]);
			return fill(__("{0} is on file: the visit is added."), [name]);
		},
		submit: ({ person, phone, salesperson, vehicle }, key) =>
			call("dealer_pos_crm.api.visit.start", {
				company,
				client_key: key,
				customer: chosen?.customer || null,
				lead: chosen?.lead || null,
				deal: chosen?.deal_name || known.deal || null,
				appointment: chosen?.appointment_name || known.appointment || null,
				name: chosen ? null : person,
				phone: chosen ? null : phone,
				salesperson,
				vehicle,
			}),
		done: (answer) => {
			const words = {
				"Be-back": __("{0} is a be-back: they were here before", [answer.person_name]),
				Appointment: __("{0} came by appointment", [answer.person_name]),
			};
			frappe.show_alert({
				message: words[answer.kind] || __("{0} is in the showroom", [answer.person_name]),
				indicator: "green",
			});
			return done?.(answer);
		},
	});
	dialog.$wrapper.addClass("dlr-up");
	const area = dialog.fields_dict.found.$wrapper.attr("aria-live", "polite");
	if (!chosen) setTimeout(() => dialog.fields_dict.person.$input.trigger("focus"), 300);

	const look = frappe.utils.debounce(async () => {
		if (chosen) return;
		const { person, phone } = typed(dialog);
		const text = phone.replace(/\D/g, "").length >= 4 ? phone : person;
		const mine = ++asked;
		if (text.trim().length < 2) return draw();
		try {
			const rows = await call("dealer_pos_crm.api.visit.find", { text, company }, GET);
			if (mine !== asked || chosen) return;
			found = rows;
			draw();
		} catch (refusal) {
			area.html(
				String(html`<div class="dlr-small dlr-red">${trusted(refusal.message)}</div>`)
			);
		}
	}, 200);
	for (const field of ["person", "phone"]) dialog.fields_dict[field].$input.on("input", look);

	function draw() {
		area.html(
			String(
				chosen ? chosen_row() : html`<div class="dlr-people">${found.map(row_of)}</div>`
			)
		);
	}

	function chosen_row() {
		return html`<div class="dlr-note dlr-note-green">
			<div>
				<b>${chosen.person_name || chosen.name}</b> ${chosen.phone
					? html`<span class="dlr-small">${chosen.phone}</span>`
					: ""}
			</div>
			${known.customer || known.lead || known.deal || known.appointment
				? ""
				: html`<button type="button" class="btn btn-default btn-xs" data-dlr="other">
						${__("Somebody Else")}
				  </button>`}
		</div>`;
	}

	function row_of(row, at) {
		return html`<button type="button" class="dlr-person" data-dlr="pick" data-at="${at}">
			<span><b>${row.name}</b> <span class="dlr-small">${row.phone}</span></span>
			<span class="dlr-small">${facts_of(row)}</span>
		</button>`;
	}

	function pick(at) {
		chosen = { ...found[at], person_name: found[at].name };
		chosen.appointment_name = chosen.appointment?.name;
		chosen.deal_name = chosen.deal?.name;
		toggle(true);
		if (chosen.owner) dialog.set_value("salesperson", chosen.owner);
		draw();
		dialog.dlr_refresh();
		dialog.get_primary_btn().trigger("focus");
	}

	function toggle(known_now) {
		for (const field of ["person", "phone"])
			dialog.set_df_property(field, "hidden", known_now ? 1 : 0);
	}

	area.on("click", "[data-dlr=pick]", (event) => pick(Number(event.currentTarget.dataset.at)));
	area.on("click", "[data-dlr=other]", () => {
		chosen = null;
		toggle(false);
		draw();
		dialog.dlr_refresh();
		dialog.fields_dict.person.$input.trigger("focus");
	});
	dialog.$wrapper.on("keydown", (event) => {
		const buttons = area.find("[data-dlr=pick]").toArray();
		const at = buttons.indexOf(document.activeElement);
		if (
			event.key === "ArrowDown" &&
			buttons.length &&
			(at >= 0 || $(document.activeElement).is("input"))
		) {
			if ($(document.activeElement).closest("[data-fieldtype=Link]").length) return;
			event.preventDefault();
			buttons[Math.min(at + 1, buttons.length - 1)].focus();
		} else if (event.key === "ArrowUp" && at >= 0) {
			event.preventDefault();
			(at ? buttons[at - 1] : dialog.fields_dict.person.$input.get(0)).focus();
		}
	});
	draw();
	return dialog;
}

function typed(dialog) {
	return {
		person: dialog.fields_dict.person.$input.val() || "",
		phone: dialog.fields_dict.phone.$input.val() || "",
	};
}

/** A salesperson who greets somebody usually helps them. */
function own_seat() {
	return frappe.user.has_role("Dealer Salesperson") ? frappe.session.user : null;
}

function facts_of(row) {
	const said = [];
	if (row.appointment)
		said.push(pill(__("expected at {0}", [clock(row.appointment.starts_at)]), "green"));
	if (row.last_visit)
		said.push(
			row.last_visit.left_at || !is_today(row.last_visit.arrived_at)
				? html`${__("last here {0}", [relative(row.last_visit.arrived_at)])}`
				: pill(__("here now"), "orange")
		);
	if (row.deal) said.push(html`${__("deal {0}: {1}", [row.deal.name, __(row.deal.stage)])}`);
	if (!row.customer) said.push(html`${__("lead")}`);
	if (row.owner_name) said.push(html`${row.owner_name}`);
	return said.map((text, at) => html`${at ? " · " : ""}${text}`);
}

function is_today(at) {
	return String(at).slice(0, 10) === frappe.datetime.get_today();
}
