/** An amount that is typed: what the model says is shown, but never over what is being typed. */

import { html } from "../../desk/html";

/** @param {(minor: number|null) => void} typed null: emptied @returns {{input: JQuery, show: Function}} */
export function quiet_number(model, label, typed) {
	const input = $(
		String(html`<input class="form-control dlr-money" type="text" inputmode="decimal" autocomplete="off"
			aria-label="${label}" />`)
	);
	let shown = null;
	const write = () => input.val(shown === null ? "" : model.text(shown));
	input.on("focus", () => input.trigger("select"));
	input.on("input", () => {
		const text = String(input.val()).trim();
		shown = text === "" ? null : model.minor(text);
		typed(shown);
	});
	input.on("blur", write);
	return {
		input,
		show: (minor) => {
			shown = minor;
			if (document.activeElement !== input.get(0)) write();
		},
	};
}
