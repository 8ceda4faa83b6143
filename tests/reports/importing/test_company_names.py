"""Company names are taken apart with care, compared without their legal form, and never merged unasked."""

import pytest

from reports.importing.manuscript.companies import (
    company_key,
    is_company_name,
    split_companies,
    strict_key,
    suggest_aliases,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Webasto SE", "Webasto Group"),
        ("AISIN SEIKI", "AISIN Seiki Co., Ltd."),
        ("INALFA ROOF SYSTEMS", "Inalfa Roof Systems Group B.V."),
        ("MAGNA INTERNATIONAL", "Magna International"),
        ("BOS", "BOS GmbH & Co. KG"),
        ("Acme, Inc.", "ACME"),
    ],
)
def test_legal_forms_make_no_difference_to_the_key(one: str, other: str) -> None:
    assert company_key(one) == company_key(other)


def test_different_companies_keep_different_keys() -> None:
    assert company_key("Inteva Products") != company_key("INTEVA")
    assert company_key("Group") == "group"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ASC, Inc.", ["ASC, Inc."]),
        (
            "Alpha Co., Ltd., Beta GmbH & Co. KG, and Gamma, Inc.",
            ["Alpha Co., Ltd.", "Beta GmbH & Co. KG", "Gamma, Inc."],
        ),
        ("Alpha; Beta Ltd; Gamma S.p.A.", ["Alpha", "Beta Ltd", "Gamma S.p.A."]),
        ("Alpha, Beta and Gamma, among others", ["Alpha", "Beta", "Gamma"]),
        ("Inc.", []),
        ("Ltd., Alpha", ["Alpha"]),
    ],
)
def test_lists_of_companies_are_split_where_names_end(text: str, names: list[str]) -> None:
    assert split_companies(text) == names


def test_a_legal_form_alone_is_no_company() -> None:
    assert not is_company_name("Inc.")
    assert not is_company_name("GmbH & Co. KG")
    assert is_company_name("3M")


def test_aliases_are_suggested_and_spelling_alone_is_not_an_alias() -> None:
    pairs = {
        (a.name, a.alias)
        for a in suggest_aliases(["Inteva Products", "INTEVA", "CIE", "CIE Automotive", "Donghee", "DONGHEE", "Cieco"])
    }
    assert pairs == {("Inteva Products", "INTEVA"), ("CIE Automotive", "CIE")}
    assert strict_key("Donghee") == strict_key("DONGHEE")
