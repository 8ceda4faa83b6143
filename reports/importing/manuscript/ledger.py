"""Where each fragment went. What nobody claims stays unplaced, with the reason where one is known."""

from dataclasses import dataclass, field

from reports.importing.manuscript.lines import Fragment
from reports.importing.manuscript.model import Placement, Unplaced


@dataclass(slots=True)
class Ledger:
    """The account of a reading. A fragment is placed once; the first place wins."""

    places: dict[int, str] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)

    def place(self, fragment: Fragment, place: str) -> None:
        """Record that the fragment was understood as part of `place`."""
        self.places.setdefault(id(fragment), place)

    def refuse(self, fragment: Fragment, reason: str) -> None:
        """Record why the fragment found no place."""
        self.reasons.setdefault(id(fragment), reason)

    def is_placed(self, fragment: Fragment) -> bool:
        """True once the fragment has a place."""
        return id(fragment) in self.places

    def settle(self, fragments: list[Fragment]) -> tuple[tuple[Placement, ...], tuple[Unplaced, ...], int]:
        """Every fragment, either placed or unplaced, and how many characters found no place."""
        placements: list[Placement] = []
        unplaced: list[Unplaced] = []
        characters = 0
        for fragment in fragments:
            if (place := self.places.get(id(fragment))) is not None:
                placements.append(Placement(fragment.line, fragment.weight, place))
            else:
                characters += fragment.weight
                unplaced.append(Unplaced(fragment.line, fragment.text, self.reasons.get(id(fragment), "")))
        return tuple(placements), tuple(unplaced), characters
