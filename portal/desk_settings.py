"""How the editors' desk looks and what its sidebar leads to: django-unfold's settings."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy


def _link(title: str, icon: str, page: str, view: str = "") -> dict[str, Any]:
    """A line of the sidebar. Whoever may not open the page, for want of the permission `view`, does not see it."""

    def may_open(request: HttpRequest) -> bool:
        return not view or request.user.has_perm(view)

    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{page}"), "permission": may_open}


UNFOLD = {
    "SITE_TITLE": "Plumbline",
    "SITE_HEADER": "Plumbline",
    "SITE_SUBHEADER": "Editors’ desk",
    "SITE_SYMBOL": "straighten",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}],
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    # The blue of the readers' pages, from light to dark.
    "COLORS": {
        "primary": {
            "50": "oklch(97% .013 240)",
            "100": "oklch(93% .03 240)",
            "200": "oklch(87% .055 240)",
            "300": "oklch(79% .085 242)",
            "400": "oklch(70% .11 244)",
            "500": "oklch(58% .115 246)",
            "600": "oklch(44% .095 246)",
            "700": "oklch(38% .083 246)",
            "800": "oklch(32% .07 246)",
            "900": "oklch(27% .058 246)",
            "950": "oklch(20% .045 246)",
        },
    },
    "SHOW_BACK_BUTTON": True,
    "COMMAND": {
        "search_models": [
            "reports.report",
            "companies.company",
            "forecasts.market",
            "forecasts.segment",
            "companies.development",
            "access.user",
            "access.organisation",
        ],
        "show_history": True,
    },
    "STYLES": [lambda request: static("css/desk.css")],
    "SCRIPTS": [lambda request: static("js/desk.js"), lambda request: static("js/desk-places.js")],
    "DASHBOARD_CALLBACK": "portal.desk.dashboard",
    "SIDEBAR": {
        "show_search": False,  # the desk's own search finds reports and people, by the same keys
        "navigation": [
            {
                "title": "Publishing",
                "items": [
                    _link("Home", "home", "index"),
                    _link("Reports", "menu_book", "reports_report_changelist", "reports.view_report"),
                    _link("Editions", "verified", "reports_edition_changelist", "reports.view_edition"),
                    _link("Import and export", "swap_vert", "reports_sheetimport_add", "reports.view_sheetimport"),
                    _link("Industries", "category", "reports_industry_changelist", "reports.view_industry"),
                ],
            },
            {
                "title": "Numbers",
                "items": [
                    _link("Markets", "monitoring", "forecasts_market_changelist", "forecasts.view_market"),
                    _link(
                        "Observations", "edit_note", "forecasts_observation_changelist", "forecasts.view_observation"
                    ),
                    _link("Assumptions", "trending_up", "forecasts_assumption_changelist", "forecasts.view_assumption"),
                    _link("Segments", "account_tree", "forecasts_segment_changelist", "forecasts.view_segment"),
                    _link("Runs", "history", "forecasts_forecastrun_changelist", "forecasts.view_forecastrun"),
                ],
            },
            {
                "title": "Companies",
                "items": [
                    _link("Register", "domain", "companies_company_changelist", "companies.view_company"),
                    _link("Developments", "event", "companies_development_changelist", "companies.view_development"),
                ],
            },
            {
                "title": "People and access",
                "items": [
                    _link("Requests", "inbox", "access_accessrequest_changelist", "access.view_accessrequest"),
                    _link("People", "person", "access_user_changelist", "access.view_user"),
                    _link(
                        "Organisations", "corporate_fare", "access_organisation_changelist", "access.view_organisation"
                    ),
                    _link("Seats", "event_seat", "access_seat_changelist", "access.view_seat"),
                    _link("Licences", "key", "access_licence_changelist", "access.view_licence"),
                    _link("API keys", "api", "access_apikey_changelist", "access.view_apikey"),
                    _link("Usage", "query_stats", "access_reportreading_changelist", "access.view_reportreading"),
                    _link("Letters", "mail", "alerts_letter_changelist", "alerts.view_letter"),
                    _link("Log", "list_alt", "admin_logentry_changelist", "admin.view_logentry"),
                ],
            },
        ],
    },
}
