/** Before any schema is made: the policy of the page lets nothing make code of text, so Zod need not try. */

import * as z from "zod";

z.config({ jitless: true });
