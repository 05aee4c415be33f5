/** Why, in a person's own words: the field of a dialog, and what it asks for until that is said. */

const FEW = 3; // characters; the server wants as many

/** @param {object} [more] of the field: another name, another label */
export const reason_field = (more = {}) => ({
	fieldtype: "Small Text",
	fieldname: "reason",
	label: __("Reason"),
	reqd: 1,
	max_height: "60px",
	...more,
});

export const too_short = (text) => (text || "").trim().length < FEW;

/** `missing` of a dialog with that field. */
export const no_reason = ({ reason }) =>
	too_short(reason) ? __("Give the reason in a few words.") : null;

/** `missing` of a dialog whose field "note" says why not. */
export const no_note = ({ note }) => (too_short(note) ? __("Say why in a few words.") : null);
