"""Charts kept under a name of the reader's own."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from portal.access.answers import private_page
from portal.access.models import User
from portal.explorer.asking import Question, asked
from portal.explorer.models import SavedChart

MOST_SAVED = 200
LONGEST_NAME = 120


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def saved(request: HttpRequest) -> HttpResponse:
    """The reader's saved charts; a POST saves one more, or what a name stands for anew."""
    person = request.user
    assert isinstance(person, User)
    if request.method == "POST":
        question = question_of(request.POST.get("query", ""))
        name = " ".join(request.POST.get("name", "").replace("\0", "").split())[:LONGEST_NAME]
        if not name:
            messages.error(request, "Give the chart a name, so that you find it again.")
            return redirect(f"/explorer/?{question.query}")
        if SavedChart.objects.filter(user=person).exclude(name=name).count() >= MOST_SAVED:
            messages.error(request, f"You keep {MOST_SAVED} charts, as many as there is room for. Delete one first.")
            return redirect("saved_charts")
        _, made = SavedChart.objects.update_or_create(
            user=person, name=name, defaults={"query": question.query, "saved_at": timezone.now()}
        )
        messages.success(request, f"“{name}” is saved." if made else f"“{name}” now stands for this chart.")
        return redirect(f"/explorer/?{question.query}")
    charts = SavedChart.objects.filter(user=person).order_by("-saved_at")
    return private_page(request, "explorer/saved.html", {"charts": charts})


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a saved chart, and end what follows it."""
    chart = get_object_or_404(SavedChart.objects.filter(user=request.user.pk), pk=pk)
    chart.delete()
    messages.success(request, f"“{chart.name}” is deleted.")
    return redirect("saved_charts")


def question_of(query: str) -> Question:
    """The question of a stored or posted address. Raises BadRequest where it names no report or makes no sense."""
    question = asked(QueryDict(query.removeprefix("?")))
    if not question.report:
        raise BadRequest("There is no chart to keep yet: choose at least one report.")
    return question
