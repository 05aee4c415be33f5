/** What was sent to be collected and has no answer yet: key and input. */

import { memory } from "../../desk/kept";

const { keep, kept, forget } = memory("dealer_collect");
const slot = ({ customer, company }) => [company || "", customer || ""].join("|");

/** @param {{customer: string, company: string}} subject @param {{key: string, args: object}} sent */
const keep_sent = (subject, sent) => keep(slot(subject), sent);
const kept_sent = (subject) => kept(slot(subject));
const forget_sent = (subject) => forget(slot(subject));

export { keep_sent as keep, kept_sent as kept, forget_sent as forget };
