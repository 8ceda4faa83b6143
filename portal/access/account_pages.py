"""One page on which a person finds everything of their own."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portal.access import entitlement
from portal.access.answers import private_page
from portal.access.models import User


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Seats, licences, requests and ways to sign in."""
    person = request.user
    assert isinstance(person, User)
    context = {
        "seats": person.seats.select_related("organisation").order_by("organisation__name"),
        "licences": entitlement.licences(person, at=timezone.now()),
        "requests": person.requests.select_related("report")[:20],
    }
    return private_page(request, "access/account.html", context)
