-- SPDX-License-Identifier: MIT
-- An ICS: what the supplier says that the implementation does, in the words of ISO/IEC 9646. `imconform doctor --ics FILE`
-- reviews it: unknown ids, an answer given twice, a status that is not the specification's, and what is mandatory and
-- answered no.
return {
  roles = { server = { status = "m", support = "yes" },   -- which sides it has
            client = { status = "n/a", support = "no" } },
  items = {                                               -- an id, its begin, or with * and ?; the longest one counts
    { id = "5.3", support = "yes" },
    { id = "5.3-support", status = "o", support = "yes" },   -- claimed: now it is owed, though the text says SHOULD
    { id = "12.2.2.2-2d", status = "o", support = "no" },    -- not claimed: not judged; seen for all that: a warning
    { id = "12.2.2.2-2g", status = "o", support = "unknown" }, -- judged as if there were no ICS
  },
}
