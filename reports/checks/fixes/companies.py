"""Fixes to players and the register: one company once, in the lists it belongs to, known by every name."""

from companies.models import Company, CompanyAlias, Development
from reports.checks.draft import Draft, Player
from reports.checks.fixes.registry import Offer, Order, fix, several, word
from reports.checks.registry import Found
from reports.checks.rules.developments import companies_named
from reports.checks.words import listed, squeezed
from reports.merging import merge_companies
from reports.models import Player as PlayerRow


@fix("duplicate-player")
def keep_one_player(draft: Draft, found: Found) -> Offer | None:
    """Records whose names differ by case, spaces or stops only become one, with all names; the first is kept."""
    named = {str(name) for name in several(found, "names")}
    players = [player for player in draft.players if player.name in named and player.row is not None]
    if len(players) < 2 or len({squeezed(player.name) for player in players}) > 1:
        return None
    kept, *others = players
    names = listed(f"“{other.name}”" for other in others)

    def deed(_: Order) -> str:
        company = _company(kept)
        for other in others:
            merge_companies(_company(other), into=company)
        return f"{company} is listed once; {names} {'is a name' if len(others) == 1 else 'are names'} of it now."

    return Offer(f"Keep “{kept.name}” and make {names} its alias{'' if len(others) == 1 else 'es'}", deed)


@fix("first-key-player-not-major")
def mark_as_major(draft: Draft, found: Found) -> Offer | None:
    player = _player(draft, word(found, "first"))
    return _marked(player, "is_major", "major") if player else None


@fix("major-player-not-key")
def mark_as_key(draft: Draft, found: Found) -> Offer | None:
    player = _player(draft, word(found, "player"))
    return _marked(player, "is_key", "key") if player else None


@fix("company-not-registered")
def register(draft: Draft, found: Found) -> Offer | None:
    """The company enters the register under the name it is mentioned by; a development that names it is linked."""
    key = word(found, "name")
    development = next((one for one in draft.developments if one.link and one.link == found.link), None)
    texts = [development.text] if development else [one.plain for one in draft.texts if one.link == found.link]
    name = next((one for text in texts for one in companies_named(text) if squeezed(one) == key), "")
    if not name or len(name) > 200:
        return None
    row = development.row if development else None

    def deed(_: Order) -> str:
        company = Company.objects.named(name).first() or Company.objects.create(name=name)
        if row is None:
            return f"{company} is in the register now. Its profile is still to be written."
        Development.objects.get(pk=row.pk).companies.add(company)
        return f"{company} is in the register now, and the development is linked to it."

    return Offer(f"Register “{name}”{' and link the development to it' if row else ''}", deed)


@fix("development-without-company")
def link_the_companies(draft: Draft, found: Found) -> Offer | None:
    """The registered companies whose whole name stands in the development's text."""
    development = next(
        (one for one in draft.developments if one.link == found.link.replace("#id_companies", "#id_date")), None
    )
    if development is None or development.row is None:
        return None
    said, row = f" {_spaced(development.text)} ", development.row
    names = sorted({name for name in draft.registered if len(name) > 3 and f" {_spaced(name)} " in said}, key=len)
    longest = [name for name in names if not any(name != other and _spaced(name) in _spaced(other) for other in names)]
    if not longest:
        return None

    def deed(_: Order) -> str:
        companies = [alias.company for alias in CompanyAlias.objects.filter(name__in=longest).select_related("company")]
        Development.objects.get(pk=row.pk).companies.add(*companies)
        linked = listed(sorted({company.name for company in companies}))
        return f"The development of {development.when} is linked to {linked} now."

    return Offer(f"Link it to {listed(sorted(longest))}", deed)


def _player(draft: Draft, key: str) -> Player | None:
    return next((one for one in draft.players if squeezed(one.name) == key and one.row is not None), None)


def _marked(player: Player, field: str, as_what: str) -> Offer:
    assert player.row is not None
    row = player.row

    def deed(_: Order) -> str:
        PlayerRow.objects.filter(pk=row.pk).update(**{field: True})
        return f"{player.name} is marked as a {as_what} player now."

    return Offer(f"Mark {player.name} as a {as_what} player", deed)


def _company(player: Player) -> Company:
    assert player.row is not None
    return PlayerRow.objects.select_related("company").get(pk=player.row.pk).company


def _spaced(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
