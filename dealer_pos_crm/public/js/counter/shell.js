/** The dialog around all steps: a body, a sentence, a refusal, and buttons that change with what is possible. */

import { one_dialog_an_escape } from "../desk/ask";
import { html, trusted } from "../desk/html";

export class Shell {
	constructor(title) {
		const back_to = document.activeElement;
		const dialog = new frappe.ui.Dialog({
			title,
			size: "extra-large",
			no_submit_on_enter: true,
			fields: [{ fieldtype: "HTML", fieldname: "area" }],
			primary_action_label: __("Collect"),
			primary_action: () => {},
		});
		this.dialog = dialog;
		dialog.$wrapper.addClass("dlr-ask dlr-reader dlr-collect-dialog").attr("aria-label", title);
		this.area = dialog.fields_dict.area.$wrapper;
		this.primary = dialog.get_primary_btn().off("click");
		this.secondary = dialog.get_secondary_btn();
		this.sentence = $(`<div class="dlr-collect-sentence" role="status" aria-live="polite"></div>`);
		this.refusal = $(`<div class="dlr-collect-refusal" role="alert"></div>`);
		this.area.after(this.refusal, this.sentence);
		this.extras = [];
		this.is_open = true;
		dialog.get_primary_btn = () => this.primary;
		dialog.$wrapper.on("keydown", (event) => this.key(event));
		dialog.onhide = () => {
			this.is_open = false;
			this.gone?.();
			back_to?.isConnected && back_to.focus?.();
			setTimeout(() => dialog.$wrapper.remove(), 500);
		};
		dialog.$wrapper.one("shown.bs.modal", () => (this.shown = true));
		dialog.show();
	}

	key(event) {
		one_dialog_an_escape(event);
		if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
		event.preventDefault();
		event.stopPropagation(); // ERPNext's screen would pay its own sale
		document.activeElement?.blur?.(); // a field that is being typed in hands its value over
		setTimeout(() => this.primary.is(":enabled:visible") && this.primary.trigger("click"), 0);
	}

	/** Frappe puts the focus somewhere when the dialog has come; ours comes after. */
	when_shown(run) {
		if (this.shown) return setTimeout(run, 0);
		this.dialog.$wrapper.one("shown.bs.modal", () => setTimeout(run, 0));
	}

	title(text) {
		this.dialog.set_title(text);
	}

	body(content) {
		this.area.html(String(content));
		return this.area;
	}

	say(text) {
		this.sentence.text(text || ""); // its place stays, so that nothing jumps
	}

	main(label, run, disabled = false) {
		this.primary.removeClass("hide").text(label).prop("disabled", disabled).off("click").on("click", run);
	}

	no_main() {
		this.primary.addClass("hide");
	}

	second(label, run) {
		this.secondary.removeClass("hide").text(label).off("click").on("click", run);
	}

	extra(label, run) {
		const button = $(String(html`<button type="button" class="btn btn-default btn-sm">${label}</button>`));
		button.on("click", run).appendTo(this.dialog.custom_actions);
		this.extras.push(button);
	}

	/** Before another step: only Esc is left. */
	clear() {
		this.secondary.addClass("hide");
		for (const button of this.extras.splice(0)) button.remove();
		this.say(null);
		this.refuse(null);
	}

	busy(is_busy, label) {
		this.primary.prop("disabled", is_busy);
		if (is_busy && label) this.primary.text(label);
		this.secondary.prop("disabled", is_busy);
		for (const button of this.extras) button.prop("disabled", is_busy);
		this.area.find(".dlr-collect").toggleClass("dlr-collect-busy", is_busy).prop("inert", is_busy);
		if (!is_busy) setTimeout(() => this.keep_keyboard(), 0);
	}

	/** What one should know before one begins. */
	note(text) {
		this.area.prepend(String(html`<div class="dlr-note dlr-note-orange"><div>${text}</div></div>`));
	}

	/** What had the keyboard was switched off meanwhile: the next key shall not go to the screen behind. */
	keep_keyboard() {
		const wrapper = this.dialog.$wrapper.get(0);
		if (this.is_open && !wrapper.contains(document.activeElement)) {
			this.primary.is(":enabled:visible") ? this.primary.trigger("focus") : wrapper.focus();
		}
	}

	refuse(refusal) {
		this.refusal.html(
			refusal
				? String(html`<div class="dlr-refusal">
						${refusal.title ? html`<b>${refusal.title}</b><br />` : ""}${trusted(refusal.message)}
				  </div>`)
				: ""
		);
		const remedy = refusal && this.remedies?.[refusal.kind]?.(refusal);
		if (remedy) {
			const helper = $(String(html`<button class="btn btn-default btn-sm">${remedy.label}</button>`));
			helper.on("click", () =>
				remedy.run().then(
					() => this.refuse(null),
					(again) => this.refuse(again)
				)
			);
			this.refusal.find(".dlr-refusal").append("<br>", helper);
		}
		if (refusal) this.refusal.get(0).scrollIntoView({ block: "nearest" });
	}

	/** Bootstrap ignores a hide while the dialog still fades in. */
	hide() {
		this.when_shown(() => this.dialog.hide());
	}
}
