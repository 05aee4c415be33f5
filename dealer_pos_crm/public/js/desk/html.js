/** HTML from parts: what is put in is escaped, unless it is HTML itself. */

class Html {
	constructor(text) {
		this.text = text;
	}
	toString() {
		return this.text;
	}
}

function part(value) {
	if (value === null || value === undefined || value === false) return "";
	if (value instanceof Html) return value.text;
	if (Array.isArray(value)) return value.map(part).join("");
	return frappe.utils.escape_html(String(value));
}

export function html(strings, ...values) {
	return new Html(strings.reduce((text, string, at) => text + part(values[at - 1]) + string));
}

/** A translated text with HTML in its places: `fill(__("Held for {0}"), [html`<b>${name}</b>`])`. */
export function fill(template, values) {
	return new Html(
		String(template)
			.split(/\{(\d+)\}/)
			.map((piece, at) => part(at % 2 ? values[Number(piece)] : piece))
			.join("")
	);
}

const KEPT = new Set(["A", "B", "STRONG", "I", "EM", "BR", "P", "DIV", "SPAN", "UL", "OL", "LI"]);

/** HTML of a server's message: links and emphasis stay, everything else becomes plain text. */
export function trusted(text) {
	const parsed = new DOMParser().parseFromString(String(text ?? ""), "text/html");
	return new Html(kept(parsed.body));
}

function kept(parent) {
	return [...parent.childNodes]
		.map((node) => {
			if (node.nodeType === Node.TEXT_NODE) return part(node.textContent);
			if (node.nodeType !== Node.ELEMENT_NODE) return "";
			if (["SCRIPT", "STYLE"].includes(node.tagName)) return "";
			if (!KEPT.has(node.tagName)) return kept(node);
			const tag = node.tagName.toLowerCase();
			if (tag === "br") return "<br>";
			return `<${tag}${address(node)}>${kept(node)}</${tag}>`;
		})
		.join("");
}

function address(node) {
	const href = node.tagName === "A" ? node.getAttribute("href") || "" : "";
	return /^(https?:\/\/|\/(?!\/))/.test(href) ? ` href="${part(href)}"` : "";
}

/** HTML of our own making, as it stands. */
export function raw(text) {
	return new Html(text);
}

export function link(doctype, name, title) {
	if (!name) return "";
	const href = raw(encodeURI(frappe.utils.get_form_link(doctype, name)));
	return html`<a href="${href}" data-doctype="${doctype}" data-name="${name}">${
		title || name
	}</a>`;
}

export function pill(text, color) {
	return html`<span class="indicator-pill no-indicator-dot whitespace-nowrap ${color}">${text}</span>`;
}

export function icon(name, size = "sm") {
	return raw(frappe.utils.icon(name, size));
}

const people = {};

/** Names of users that an answer of the server brought along. */
export function meet(names) {
	Object.assign(people, names || {});
}

export function person(user) {
	if (!user) return "";
	return people[user] || frappe.user_info(user)?.fullname || user;
}

/**
 * A form of ours. Frappe draws the page's buttons anew when a field changes, also between the two halves of
 * a click on one of them; the click is lost when it hit the letters. With this it hits the button itself.
 */
export function ours(frm) {
	frm.page.wrapper.addClass("dlr-form");
}

/** The strip at the top of a form; nothing clears it. */
export function intro(frm, text, color) {
	frm.layout.show_message();
	const shown = String(text || "");
	if (shown) frm.layout.show_message(`<div class="dlr-intro">${shown}</div>`, color, true);
}

/** One of the figures at the top of a form: what it is, what it says, and small lines below. */
export function figure(label, fact, below = []) {
	return html`<div class="dlr-figure">
		<div class="dlr-label">${label}</div>
		<div class="dlr-fact">${fact}</div>
		${below.filter(Boolean).map((line) => html`<div class="dlr-small">${line}</div>`)}
	</div>`;
}
