"""What one click may mend: for some rules, a fix that is safe enough to offer as a button.

A fix is one function registered for the code of a rule, beside the rules, not among them: a rule sees a frozen draft
and knows no database; its fix may write. It looks at one finding and returns an `Offer`, or None where mending it takes
a judgement that only the editor has. Safe means: the outcome is plain from the button's words, nothing an editor wrote
is lost, and what was changed can be changed back on the screen it was changed on.
"""

from reports.checks.fixes import companies, decisions, structure, texts
from reports.checks.fixes.registry import FIXES, Offer, offer_for

__all__ = ["FIXES", "Offer", "companies", "decisions", "offer_for", "structure", "texts"]
