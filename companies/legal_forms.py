"""Words that say what kind of body a company is, and nothing of who it is. No Django."""

LEGAL_FORMS = frozenset(
    {
    "co", "company", "ltd", "limited", "inc", "incorporated", "corp", "corporation", "gmbh", "kg", "kgaa", "ag",
    "se", "sa", "sas", "sarl", "spa", "srl", "bv", "nv", "plc", "llc", "lp", "llp",
    "oy", "oyj", "ab", "as", "asa", "aps", "pte", "pty", "pvt", "private", "sdn", "bhd",
    "kk", "jsc", "pjsc", "ooo", "group", "holding", "holdings", "cv", "de", "tbk", "pt", "sl",
    "slu", "kft", "zrt", "sro", "doo", "public", "l", "p",
    }
)  # fmt: skip
"""In lower case, without stops: "gmbh", "inc", and the single letters of "l.p."."""
