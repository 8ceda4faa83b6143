"""Players: each company once, under one name, and in the lists it belongs to."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from reports.checks.draft import Draft, Player
from reports.checks.registry import Hit, rule
from reports.checks.words import listed, squeezed


@rule("duplicate-player", severity="error", title="One company is listed twice", of_text=True)
def duplicate_player(draft: Draft) -> Iterator[Hit]:
    """Two players whose names differ by case, spaces or punctuation only; or one that is written in two ways."""
    by_name: dict[str, list[Player]] = defaultdict(list)
    for player in draft.players:
        for key in {squeezed(name) for name in (player.name, *player.names)}:
            by_name[key].append(player)
    reported: set[tuple[str, ...]] = set()
    for players in by_name.values():
        names = tuple(sorted({player.name for player in players}))
        if len(players) > 1 and names not in reported:
            reported.add(names)
            yield _twice(players[0], [player.name for player in players])
    for player in draft.players:
        if len(player.written) > 1:
            yield _twice(player, list(player.written))


def _twice(player: Player, names: list[str]) -> Hit:
    return Hit(
        "players",
        f"{listed(f'“{name}”' for name in names)} are one company, listed {len(names)} times among the players.",
        "Keep one of them and make the other names its aliases.",
        {"names": tuple(sorted(names))},
        player.link,
        player.line,
    )


@rule("likely-alias", severity="warning", title="Two names may be one company", of_text=True)
def likely_alias(draft: Draft) -> Iterator[Hit]:
    for question in draft.alias_questions:
        reason = question.reason[:1].lower() + question.reason[1:].rstrip(".")
        yield Hit(
            "players",
            f"“{question.name}” and “{question.other}” may be one company: {reason}.",
            "Merge them, or say that they are two companies.",
            {"names": tuple(sorted((question.name, question.other)))},
            question.link,
        )


@rule("major-player-not-key", severity="warning", title="A major player is not among the key players", of_text=True)
def major_player_not_key(draft: Draft) -> Iterator[Hit]:
    if not any(player.is_key for player in draft.players):
        return
    keys = _names_of(draft, [player for player in draft.players if player.is_key])
    for player in draft.players:
        if player.is_major and not player.is_key and not _names_of(draft, [player]) & keys:
            yield Hit(
                "players",
                f"{player.name} is a major player but not among the key players.",
                "Add it to the key players, merge it with its other name, or take it from the major players.",
                {"player": squeezed(player.name)},
                player.link,
                player.line,
            )


@rule(
    "first-key-player-not-major",
    severity="warning",
    title="The major players leave out the first key player",
    of_text=True,
)
def first_key_player_not_major(draft: Draft) -> Iterator[Hit]:
    first = next((player for player in draft.players if player.is_key), None)
    majors = [player for player in draft.players if player.is_major]
    if first is None or not majors or _names_of(draft, [first]) & _names_of(draft, majors):
        return
    yield Hit(
        "players",
        f"{first.name} leads the list of key players, but the major players "
        f"({listed(player.name for player in majors)}) leave it out.",
        "Mark it as a major player, or reorder the key players.",
        {"first": squeezed(first.name), "majors": tuple(sorted(squeezed(player.name) for player in majors))},
        first.link,
        first.line,
    )


@rule(
    "player-shares-exceed-whole",
    severity="error",
    title="Market shares of players sum to more than 100 %",
    of_text=True,
)
def player_shares_exceed_whole(draft: Draft) -> Iterator[Hit]:
    """Shares of one year that sum to more than 100 % and rounding."""
    by_year: dict[int | None, list[Decimal]] = defaultdict(list)
    for player in draft.players:
        if player.share is not None:
            by_year[player.share_year].append(player.share)
    for year, shares in by_year.items():
        rounding = sum((Decimal(1).scaleb(_exponent(share)) / 2 for share in shares), Decimal(0))
        total = sum(shares, Decimal(0))
        if total > 100 + rounding:
            yield Hit(
                "players",
                f"The players’ market shares{f' of {year}' if year else ''} sum to {total.normalize():f} %.",
                "Correct the shares; together they cannot exceed the market.",
                {"year": year, "sum": f"{total.normalize():f}"},
                draft.part_links.get("players", ""),
            )


def _exponent(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return min(exponent, 0) if isinstance(exponent, int) else 0


def _names_of(draft: Draft, players: list[Player]) -> set[str]:
    """All names of some players, compared squeezed, with the names they may be aliases of."""
    names = {squeezed(name) for player in players for name in (player.name, *player.names, *player.written)}
    for question in draft.alias_questions:
        pair = {squeezed(question.name), squeezed(question.other)}
        if pair & names:
            names |= pair
    return names
