/** The key of a payment that was begun in this browser: after a reload the dialog finds it again. */

import { memory } from "../desk/kept";

const of = ({ doctype, name, customer }) => [doctype || "", name || "", customer || ""].join("|");
const { keep, kept, forget } = memory("dealer_card");

const keep_key = (subject, key) => keep(of(subject), key);
const kept_key = (subject) => kept(of(subject));
const forget_key = (subject) => forget(of(subject));

export { keep_key as keep, kept_key as kept, forget_key as forget };
