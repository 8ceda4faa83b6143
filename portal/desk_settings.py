"""How the editors' desk looks and what its sidebar leads to: django-unfold's settings."""

from django.templatetags.static import static
from django.urls import reverse_lazy

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
                    {"title": "Home", "icon": "home", "link": reverse_lazy("admin:index")},
                    {"title": "Reports", "icon": "menu_book", "link": reverse_lazy("admin:reports_report_changelist")},
                    {"title": "Editions", "icon": "verified", "link": reverse_lazy("admin:reports_edition_changelist")},
                    {
                        "title": "Import and export",
                        "icon": "swap_vert",
                        "link": reverse_lazy("admin:reports_sheetimport_add"),
                    },
                    {
                        "title": "Industries",
                        "icon": "category",
                        "link": reverse_lazy("admin:reports_industry_changelist"),
                    },
                ],
            },
            {
                "title": "Numbers",
                "items": [
                    {
                        "title": "Markets",
                        "icon": "monitoring",
                        "link": reverse_lazy("admin:forecasts_market_changelist"),
                    },
                    {
                        "title": "Observations",
                        "icon": "edit_note",
                        "link": reverse_lazy("admin:forecasts_observation_changelist"),
                    },
                    {
                        "title": "Assumptions",
                        "icon": "trending_up",
                        "link": reverse_lazy("admin:forecasts_assumption_changelist"),
                    },
                    {
                        "title": "Segments",
                        "icon": "account_tree",
                        "link": reverse_lazy("admin:forecasts_segment_changelist"),
                    },
                    {
                        "title": "Runs",
                        "icon": "history",
                        "link": reverse_lazy("admin:forecasts_forecastrun_changelist"),
                    },
                ],
            },
            {
                "title": "Companies",
                "items": [
                    {"title": "Register", "icon": "domain", "link": reverse_lazy("admin:companies_company_changelist")},
                    {
                        "title": "Developments",
                        "icon": "event",
                        "link": reverse_lazy("admin:companies_development_changelist"),
                    },
                ],
            },
            {
                "title": "People and access",
                "items": [
                    {
                        "title": "Requests",
                        "icon": "inbox",
                        "link": reverse_lazy("admin:access_accessrequest_changelist"),
                    },
                    {"title": "People", "icon": "person", "link": reverse_lazy("admin:access_user_changelist")},
                    {
                        "title": "Organisations",
                        "icon": "corporate_fare",
                        "link": reverse_lazy("admin:access_organisation_changelist"),
                    },
                    {"title": "Seats", "icon": "event_seat", "link": reverse_lazy("admin:access_seat_changelist")},
                    {"title": "Licences", "icon": "key", "link": reverse_lazy("admin:access_licence_changelist")},
                    {"title": "API keys", "icon": "api", "link": reverse_lazy("admin:access_apikey_changelist")},
                    {
                        "title": "Usage",
                        "icon": "query_stats",
                        "link": reverse_lazy("admin:access_reportreading_changelist"),
                    },
                    {"title": "Letters", "icon": "mail", "link": reverse_lazy("admin:alerts_letter_changelist")},
                    {"title": "Log", "icon": "list_alt", "link": reverse_lazy("admin:admin_logentry_changelist")},
                ],
            },
        ],
    },
}
