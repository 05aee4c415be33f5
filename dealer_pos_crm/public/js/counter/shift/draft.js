/** What was counted so far, kept in the browser: a reload in the middle takes no count away. */

import { memory } from "../../desk/kept";

const { keep, kept: read, forget } = memory("dealer_counter_shift");

export { keep, read, forget };
