/** Step one: what is paid, how, and one button with the amount on it. */

import { html } from "../../desk/html";
import { Lines } from "./lines";
import { Collection } from "./model";
import { Tenders } from "./tenders";

export class Compose {
	/**
	 * @param {object} shell the dialog
	 * @param {object} facts
	 * @param {object} opts
	 * @param {{doctype: string, name: string}} [opts.select] what is chosen at first
	 * @param {boolean} [opts.fixed] the lines were chosen before
	 * @param {(args: object) => void} opts.collect
	 */
	constructor(shell, facts, opts) {
		this.shell = shell;
		this.model = new Collection(facts, opts.select);
		this.opts = opts;
		if (opts.fixed) for (const line of this.model.lines) line.chosen = true;
		this.draw();
		const [first] = this.tenders.buttons;
		if (first) this.tenders.use(first.way, false);
		this.refresh();
		this.focus();
	}

	draw() {
		const body = this.shell.body(html`<div class="dlr-collect">
			<section class="dlr-collect-what" aria-label="${__("What is paid")}"></section>
			<section class="dlr-collect-how" aria-label="${__("How it is paid")}"></section>
		</div>`);
		const changed = () => this.refresh();
		this.lines = new Lines(body.find(".dlr-collect-what"), this.model, changed, this.opts.fixed);
		const how = body.find(".dlr-collect-how");
		this.tenders = new Tenders(how, this.model, changed);
		this.surplus = $(String(surplus_question())).appendTo(how);
		this.surplus.on("change", "input", () => {
			this.model.keep_rest = this.surplus.find("input[value=credit]").prop("checked");
			this.refresh();
		});
		this.foot = $(`<dl class="dlr-collect-foot" aria-live="polite"></dl>`).appendTo(how);
		this.only = $(`<button type="button" class="btn btn-default dlr-collect-only"></button>`).appendTo(how);
		this.only.on("click", () => {
			this.model.pay_what_is_here();
			this.refresh();
			this.shell.primary.trigger("focus");
		});
	}

	focus() {
		const row = this.tenders.rows[0];
		this.shell.when_shown(() => (row?.first || this.shell.primary).trigger("focus"));
	}

	refresh() {
		const { model } = this;
		model.settle();
		this.lines.refresh();
		this.tenders.refresh();
		this.ask_about_surplus();
		this.foot.html(String(foot(model)));
		const part = !this.opts.fixed && model.missing && model.paid;
		this.only.toggleClass("hide", !part).text(__("Take {0} only; the rest stays open", [model.show(model.paid)]));
		const problem = model.problem || (model.undecided ? __("Say what becomes of what is too much.") : null);
		this.shell.say(problem);
		const amount = model.paid || model.total;
		this.shell.main(__("Collect {0}", [model.show(amount)]), () => this.opts.collect(model.args()), Boolean(problem));
	}

	/** More than is to be paid: of cash it is handed back, unless it is to stay; what is no cash can only stay. */
	ask_about_surplus() {
		const { model, surplus } = this;
		const needed = model.over > 0;
		surplus.toggleClass("hide", !needed);
		if (!needed) {
			if (model.keep_rest) {
				model.keep_rest = false;
				model.settle();
			}
			return surplus.find("input").prop("checked", false);
		}
		const in_cash = model.returnable >= model.over;
		surplus.find(".dlr-collect-change").toggleClass("hide", !in_cash);
		surplus.find(".dlr-collect-change span").text(__("Give {0} change", [model.show(model.over)]));
		surplus.find(".dlr-collect-keep span").text(__("Keep {0} as the customer's credit", [model.show(model.over)]));
		surplus.find("input[value=change]").prop("checked", in_cash && !model.keep_rest);
		surplus.find("input[value=credit]").prop("checked", model.keep_rest);
	}
}

function surplus_question() {
	const choice = (value, name) => html`<label class="${name}">
		<input type="radio" name="dlr-surplus" value="${value}" /> <span></span>
	</label>`;
	return html`<div class="dlr-collect-surplus hide" role="radiogroup" aria-label="${__("What is too much")}">
		${choice("change", "dlr-collect-change")} ${choice("credit", "dlr-collect-keep")}
	</div>`;
}

function foot(model) {
	const row = (name, label, minor) =>
		html`<div class="${name}"><dt>${label}</dt><dd class="dlr-money">${model.show(minor)}</dd></div>`;
	return html`${row("dlr-collect-total", __("To pay"), model.total)}
		${row("", __("Paid"), model.paid)}
		${model.missing ? row("dlr-orange", __("Missing"), model.missing) : ""}
		${model.credit && model.keep_rest ? row("dlr-blue", __("Becomes credit"), model.credit) : ""}
		${model.change ? row("dlr-collect-back", __("Change"), model.change) : ""}`;
}
