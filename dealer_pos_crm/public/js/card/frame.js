/** The dialog of a card payment: an area, a refusal, and buttons that change with what is possible. */

import { html, trusted } from "../desk/html";

export function frame(fields) {
	const back_to = document.activeElement;
	const dialog = new frappe.ui.Dialog({
		title: __("Take Card"),
		no_submit_on_enter: true,
		fields: [
			...fields,
			{ fieldtype: "HTML", fieldname: "area" },
			{ fieldtype: "HTML", fieldname: "refusal" },
		],
		primary_action_label: __("Take"),
		primary_action: () => {},
	});
	dialog.$wrapper.addClass("dlr-ask dlr-reader");
	for (const { df, $input } of dialog.fields_list) $input?.attr("aria-label", df.label);
	dialog.dlr_area = dialog.fields_dict.area.$wrapper;
	const refusal_area = dialog.fields_dict.refusal.$wrapper.attr("role", "alert");
	const primary = dialog.get_primary_btn().off("click");
	const secondary = dialog.get_secondary_btn();
	let extra = null;
	dialog.get_primary_btn = () => primary;
	dialog.dlr_primary = (label, run, disabled = false) => {
		primary.removeClass("hide").text(label).prop("disabled", disabled).off("click").on("click", run);
	};
	dialog.dlr_no_primary = () => primary.addClass("hide");
	dialog.dlr_secondary = (label, run) => {
		secondary.removeClass("hide").text(label).off("click").on("click", run);
	};
	dialog.dlr_extra = (label, run) => {
		extra = $(String(html`<button class="btn btn-default btn-sm">${label}</button>`)).on("click", run);
		dialog.custom_actions.append(extra);
	};
	dialog.dlr_clear = () => {
		extra?.remove();
		secondary.addClass("hide");
	};
	dialog.dlr_busy = (busy) => {
		primary.prop("disabled", busy);
		secondary.prop("disabled", busy);
		extra?.prop("disabled", busy);
	};
	dialog.dlr_refuse = (refusal) => {
		refusal_area.html(
			refusal
				? String(html`<div class="dlr-refusal">
						${refusal.title ? html`<b>${refusal.title}</b><br />` : ""}${trusted(refusal.message)}
				  </div>`)
				: ""
		);
	};
	dialog.$wrapper.on("keydown", (event) => {
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
			event.preventDefault();
			document.activeElement?.blur?.();
			setTimeout(() => primary.is(":enabled") && primary.trigger("click"), 0);
		}
	});
	dialog.onhide = () => {
		dialog.is_visible = false;
		dialog.dlr_gone?.();
		back_to?.isConnected && back_to.focus?.();
		setTimeout(() => dialog.$wrapper.remove(), 500);
	};
	return dialog;
}
