"""The API's front door: what is here, and where it is described."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request

from portal.api.views import ApiView

LISTED = (
    "reports",
    "editions",
    "segments",
    "values",
    "companies",
    "developments",
    "accuracy",
    "access",
    "schema",
    "docs",
)


class RootFields(serializers.Serializer[Any]):
    """The addresses of the lists, of the OpenAPI document and of the page that describes them."""

    for _name in LISTED:
        locals()[_name] = serializers.URLField(help_text=f"The address of {_name}.")
    del _name


class RootView(ApiView):
    """Where everything is."""

    serializer_class = RootFields
    tag, summary = "root", "Where everything is"

    def get(self, request: Request) -> HttpResponse:
        self.asked()
        return self.answer_with({name: request.build_absolute_uri(reverse(f"api:{name}")) for name in LISTED})
