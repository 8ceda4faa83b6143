"""Which edition a request asks for: the current one, a numbered one, or the one of a day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.core.exceptions import BadRequest
from django.http import Http404, QueryDict

from reports.models import Edition
from reports.models.editions import Withdrawal

WITHDRAWN = "Every edition of this report has been withdrawn. The list at editions/ below this address says why."


@dataclass(frozen=True, slots=True)
class Chosen:
    """An edition, and what its reader must be told about it."""

    edition: Edition
    asked_as_of: date | None
    current_number: int | None
    withdrawal: Withdrawal | None

    @property
    def is_current(self) -> bool:
        return self.edition.number == self.current_number


def choose(slug: str, query: QueryDict) -> Chosen:
    """The edition of the report `slug` that `query` asks for, without its document: `.contents` fetches that.

    `?edition=3` is a number for ever; `?as_of=2026-11-30` is what was current at the end of that day (UTC); without
    either it is the current one. Raises Http404 where there is none, in the same words for a draft as for nothing, and
    BadRequest with a sentence where the question makes no sense. One query for the current edition, two for others.
    """
    wanted, as_of = query.get("edition"), query.get("as_of")
    if wanted and as_of:
        raise BadRequest("Ask either for an edition by its number or for a day with as_of, not for both.")
    editions = Edition.objects.filter(report__slug=slug).select_related("report__industry", "withdrawal")
    editions = editions.defer("document")
    day = None
    if wanted:
        found = editions.filter(number=_number(wanted)).first()
    elif as_of:
        day = _day(as_of)
        found = editions.as_of(datetime.combine(day, time.max, tzinfo=UTC)).first()
    else:
        found = editions.current().first()
    if found is None:
        first = editions.order_by("number").first()
        raise Http404(_nothing(wanted, day, first) if wanted or day or not first else WITHDRAWN)
    current = found.number
    if wanted or as_of:
        newest = Edition.objects.filter(report=found.report_id).current().values_list("number", flat=True).first()
        return Chosen(found, day, newest, getattr(found, "withdrawal", None))
    return Chosen(found, None, current, None)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:12]) < 2**31:
        raise BadRequest("An edition is asked for by its number, such as ?edition=2.")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadRequest("Give the day as year, month and day, such as ?as_of=2026-11-30.") from None


def _nothing(number: str | None, day: date | None, first: Edition | None) -> str:
    if number:
        return "There is no such edition of this report."
    if day:
        told = f" The first one is of {first.published_at:%-d %B %Y}." if first else ""
        return f"No edition of this report had been published by {day:%-d %B %Y}.{told}"
    return "There is no report at this address."
