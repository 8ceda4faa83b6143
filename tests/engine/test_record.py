"""The accuracy record scores what was forecast beside what came."""

from decimal import Decimal

from forecasts.engine.record import Outcome, score, score_by


def outcome(forecast: str, actual: str, report: str = "sunroofs", half: str | None = None) -> Outcome:
    middle, reach = Decimal(forecast), None if half is None else Decimal(half)
    return Outcome(
        report,
        1,
        "total",
        2026,
        2024,
        middle,
        Decimal(actual),
        None if reach is None else middle - reach,
        None if reach is None else middle + reach,
        None if reach is None else middle - 2 * reach,
        None if reach is None else middle + 2 * reach,
    )


def test_errors_bias_and_coverage() -> None:
    found = score([outcome("110", "100", half="6"), outcome("95", "100", half="6"), outcome("100", "100")])
    assert found.count == 3
    assert found.mape == Decimal("5.00")
    assert found.bias == Decimal("1.67")
    assert found.smape == Decimal("4.88")
    assert (found.intervals, found.coverage80, found.coverage95) == (2, Decimal("50.00"), Decimal("100.00"))


def test_nothing_to_score_gives_no_number() -> None:
    found = score([])
    assert (found.count, found.mape, found.coverage80) == (0, None, None)


def test_an_actual_of_zero_has_no_percentage_error() -> None:
    found = score([outcome("1", "0")])
    assert found.mape is None
    assert found.smape == Decimal("200.00")


def test_scores_by_report() -> None:
    found = score_by([outcome("110", "100"), outcome("90", "100", report="tyres")], lambda one: one.report)
    assert found["sunroofs"].bias == Decimal("10.00")
    assert found["tyres"].bias == Decimal("-10.00")
