/** A dialog for one action: what is needed, what will happen, one button, and the refusal where one looks. */

import { html, trusted } from "./html";
import { new_key } from "./server";

/**
 * @param {object} opts
 * @param {string} opts.title
 * @param {object[]} opts.fields
 * @param {string} opts.label of the one button
 * @param {(values: object) => string|object} [opts.sentence] what will happen, in one sentence
 * @param {(values: object, key: string) => Promise} opts.submit rejects with a Refusal
 * @param {(values: object) => string|null} [opts.problem] why it cannot be done yet; the button waits
 * @param {(values: object) => string|null} [opts.missing] what is still to be filled in; the button waits,
 *        but what will happen can be told already
 * @param {Record<string, (refusal: Refusal) => {label: string, run: () => Promise}>} [opts.remedies]
 *        by kind of refusal: a button that helps
 */
export function ask(opts) {
	const back_to = document.activeElement;
	const key = new_key();
	let running = false;

	const dialog = new frappe.ui.Dialog({
		title: opts.title,
		size: opts.size,
		no_submit_on_enter: true,
		fields: [
			...opts.fields,
			{ fieldtype: "HTML", fieldname: "dlr_sentence" },
			{ fieldtype: "HTML", fieldname: "dlr_refusal" },
		],
		primary_action_label: opts.label,
		primary_action: () => {},
	});
	const button = dialog.get_primary_btn();
	// Frappe's own get_values() redraws required fields and so takes away what is being typed.
	button.off("click").on("click", () => run(values_now()));
	button
		.toggleClass("btn-danger", Boolean(opts.danger))
		.toggleClass("btn-primary", !opts.danger);
	if (opts.danger) dialog.get_primary_btn = () => button;
	dialog.$wrapper.addClass("dlr-ask").attr("aria-label", opts.title);
	const refusal_area = dialog.fields_dict.dlr_refusal.$wrapper.attr("role", "alert");
	const sentence_area = dialog.fields_dict.dlr_sentence.$wrapper.attr("aria-live", "polite");

	function values_now() {
		const values = {};
		for (const [name, field] of Object.entries(dialog.fields_dict)) {
			if (field.get_value) values[name] = field.get_value() ?? null;
		}
		return values;
	}

	function first_empty(values) {
		const field = dialog.fields_list.find(
			({ df }) =>
				df.reqd && !df.hidden && ["", null, undefined].includes(values[df.fieldname])
		);
		return field ? __("{0} is still missing.", [field.df.label]) : null;
	}

	function refresh() {
		const values = values_now();
		const problem = opts.problem?.(values) || null;
		const missing = problem ? null : opts.missing?.(values) || first_empty(values);
		const sentence = problem || opts.sentence?.(values) || "";
		sentence_area.html(
			String(
				sentence || missing
					? html`<div class="dlr-sentence ${problem ? "dlr-problem" : ""}">
							${sentence} ${missing ? html`<div class="dlr-small">${missing}</div>` : ""}
					  </div>`
					: ""
			)
		);
		button.prop("disabled", running || Boolean(problem || missing));
	}

	function show_refusal(refusal) {
		if (!refusal) return refusal_area.empty();
		refusal_area.html(
			String(html`<div class="dlr-refusal">
				${refusal.title ? html`<b>${refusal.title}</b><br />` : ""}${trusted(refusal.message)}
			</div>`)
		);
		const remedy = opts.remedies?.[refusal.kind]?.(refusal, dialog);
		if (remedy) {
			const helper = $(
				String(html`<button class="btn btn-default btn-sm">${remedy.label}</button>`)
			);
			helper.on("click", () => {
				helper.prop("disabled", true);
				Promise.resolve(remedy.run()).catch((again) => {
					helper.prop("disabled", false);
					show_refusal(again);
				});
			});
			refusal_area.find(".dlr-refusal").append("<br>", helper);
		}
		refusal_area.get(0).scrollIntoView({ block: "nearest" });
	}

	async function run(values) {
		if (running) return;
		running = true;
		show_refusal(null);
		button.prop("disabled", true).text(opts.working || __("Working…"));
		try {
			const answer = await opts.submit(values, key);
			await close(dialog);
			await opts.done?.(answer, values);
		} catch (refusal) {
			if (!refusal?.message) throw refusal;
			show_refusal(refusal);
		} finally {
			running = false;
			button.text(opts.label);
			refresh();
		}
	}

	dialog.$wrapper.on("keydown", (event) => {
		one_dialog_an_escape(event);
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
			event.preventDefault();
			document.activeElement?.blur?.(); // a field that is being typed in hands its value over
			setTimeout(() => button.is(":enabled") && button.trigger("click"), 0);
		}
	});
	dialog.$body.on("input", ({ target }) => keep_typing(dialog.fields_dict[target.dataset.fieldname]));
	dialog.$body.on("input change awesomplete-selectcomplete", () => setTimeout(refresh, 0));
	for (const field of dialog.fields_list) {
		const own = field.df.onchange;
		field.df.onchange = function (...words) {
			own?.apply(this, words);
			refresh();
		};
		late_titles(field, refresh);
	}
	dialog.onhide = () => {
		back_to?.isConnected && back_to.focus?.();
		setTimeout(() => dialog.$wrapper.remove(), 500);
	};
	dialog.dlr_refresh = refresh;
	dialog.show();
	refresh();
	return dialog;
}

/** Escape leaves this dialog; Frappe, which hears it next, would leave the one below as well. */
export function one_dialog_an_escape(event) {
	if (event.key === "Escape") event.stopPropagation();
}

/**
 * Frappe redraws fields when another one changes or a default comes late, and puts the last value that it knows
 * back into them: not into the one that is being typed in.
 */
function keep_typing(field) {
	if (!field?.input || !field.set_formatted_input) return;
	field.dlr_typing = true;
	if (field.dlr_kept === field.input) return;
	field.dlr_kept = field.input;
	const typed = () => (field.dlr_typing = false);
	for (const over of ["change", "blur"]) field.input.addEventListener(over, typed, true);
	const show = Object.getPrototypeOf(field).set_formatted_input;
	field.set_formatted_input = function (...values) {
		if (field.dlr_typing && document.activeElement === field.input) return undefined;
		return show.apply(field, values);
	};
}

/** A link shows its title when the server has told it, and says so to nobody: what can be done may have changed. */
function late_titles(field, then) {
	if (!field.set_input_value) return;
	const put = Object.getPrototypeOf(field).set_input_value;
	field.set_input_value = function (...values) {
		if (field.dlr_typing && document.activeElement === field.input) return;
		put.apply(field, values);
		setTimeout(then, 0);
	};
}

/** Closes a dialog. Bootstrap ignores a hide while it still fades in; then it is asked again after that. */
async function close(dialog) {
	dialog.hide();
	if (!dialog.$wrapper.hasClass("show")) return;
	await new Promise((resolve) => dialog.$wrapper.one("shown.bs.modal", resolve));
	dialog.hide();
}
