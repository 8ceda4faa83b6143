"""How the API describes itself: one OpenAPI operation for each view, from what the view itself declares."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from portal.api.filters import PAGING
from portal.api.serializers import EditionFields, ProblemFields, WithheldFields

REFUSALS = {
    400: "A parameter is unknown or its value can't be understood.",
    401: "The API key is mistyped, unknown, revoked or expired.",
    403: "The API key may not read.",
    404: "Nothing was ever published at this address.",
    410: "Every edition of this was withdrawn.",
}


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "portal.api.authentication.KeyAuthentication"
    name = ["apiKey", "apiKeyHeader"]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        return [{one: []} for one in self.name]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "plumb_…",
                "description": "An organisation's API key.",
            },
            {
                "type": "apiKey",
                "in": "header",
                "name": "X-Api-Key",
                "description": "The same key in a header of its own.",
            },
        ]


class Operation(AutoSchema):
    """Reads parameters, response and texts off an `ApiView`."""

    view: Any  # an ApiView, or the view of a library

    def get_tags(self) -> list[str]:
        return [self.view.tag]

    def get_summary(self) -> str:
        summary: str = self.view.summary
        return summary

    def get_operation_id(self) -> str:
        return type(self.view).__name__.removesuffix("View").lower() + "_read"

    def get_override_parameters(self) -> list[Any]:
        found = [
            OpenApiParameter(
                name, one.schema, OpenApiParameter.QUERY, description=str(one.label or ""),
                explode=False if one.schema["type"] == "array" else None,
                style="form" if one.schema["type"] == "array" else None,
            )
            for name, one in self.view.filterset_class.base_filters.items()
        ]  # fmt: skip
        if self.view.paged:
            found += [
                OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=description)
                for name, (schema, description) in PAGING.items()
            ]
        return found

    def get_response_serializers(self) -> Any:
        serializer = self.view.serializer_class
        body = page_of(serializer) if self.view.paged else serializer
        told = (serializer.__doc__ or "").split("\n")[0]
        answers: dict[Any, Any] = {200: OpenApiResponse(body, told, EXAMPLES.get(serializer.__name__, []))}
        takes_path = "{" in self.path
        for status, description in REFUSALS.items():
            if status not in (404, 410) or takes_path:
                answers[status, "application/problem+json"] = OpenApiResponse(ProblemFields, description)
        return answers


def page_of(row: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """The envelope that a list comes in."""
    return inline_serializer(
        row.__name__.removesuffix("Row") + "Page",
        {
            "count": serializers.IntegerField(
                allow_null=True,
                help_text="Rows in all pages; null beyond 100,000, and for values where no report is named.",
            ),
            "next": serializers.URLField(allow_null=True, help_text="The next page; null on the last."),
            "editions": EditionFields(
                many=True, allow_null=True, help_text="The editions read, where `report` names reports; else null."
            ),
            "withheld": WithheldFields(
                allow_null=True, help_text="What your access does not include; null when nothing is missing."
            ),
            "results": row(many=True),
        },
    )


EXAMPLES = {
    "ValueRow": [
        OpenApiExample(
            "One page of the total, by a licensed reader",
            response_only=True,
            value={
                "count": 11,
                "next": None,
                "editions": [
                    {
                        "report": "car-sunroof-market", "edition": 2, "digest": "9f2c…",
                        "published_at": "2026-11-20T09:00:00+00:00", "withdrawn": None, "access": "licensed",
                    }
                ],
                "withheld": None,
                "results": [
                    {
                        "report": "car-sunroof-market", "edition": 2, "dimension": "total", "path": "total",
                        "name": "Car Sunroof", "level": 0, "parent": "", "leaf": False, "adds_to": "", "year": 2031,
                        "scenario": "base", "value": "3701.17", "low80": "3401.00", "high80": "4015.20",
                        "low95": "3250.40", "high95": "4190.75", "unit": "USD million", "currency": "USD",
                        "status": "F", "source": "", "illustrative": True, "note": "",
                    }
                ],
            },
        ),
        OpenApiExample(
            "What a reader without a licence is told",
            response_only=True,
            value={
                "count": 0,
                "next": None,
                "editions": None,
                "withheld": {
                    "rows": 1234, "columns": ["low80", "high80", "low95", "high95"],
                    "reason": "Your access to car-sunroof-market is public; a licence is needed for the rest.",
                },
                "results": [],
            },
        ),
    ]
}  # fmt: skip
