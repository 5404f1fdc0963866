"""What was tried, what came of it, and what falls short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from benchmarks.mutants.equivalents import Equivalent
from benchmarks.mutants.mutant import Change, Mutant
from benchmarks.mutants.trying import SURVIVED, Outcome

FEWEST = 400


class Report:
    """What was tried and what came of it."""

    def __init__(
        self,
        tried: Sequence[Mutant],
        outcomes: dict[int, Outcome],
        equivalents: Sequence[Equivalent],
        made: set[Change],
        chosen: Sequence[str],
    ) -> None:
        self.tried, self.outcomes = tried, outcomes
        self.why = {item.change: item.why for item in equivalents}
        noticed = [bool(outcomes[place].noticed) for place in range(len(tried))]
        self.noticed = sum(noticed)
        self.survivors = [mutant for mutant, was in zip(tried, noticed, strict=True) if not was]
        self.asleep = sum(not outcome.ran and outcome.noticed == SURVIVED for outcome in outcomes.values())
        survived = {mutant.change for mutant in self.survivors}
        seen = {mutant.change for mutant in tried} - survived
        files_of = set(chosen)
        self.gone = [change for change in self.why if change.file in files_of and change not in made]
        self.wrong = [change for change in self.why if change in seen]

    @property
    def share(self) -> float:
        """Share of the changes that tests noticed, those among the rest that make no difference."""
        return self.noticed / len(self.tried)

    def tell(self, seconds: float) -> None:
        """Print the survivors and the figures."""
        for mutant in self.survivors:
            why = self.why.get(mutant.change)
            print(f"makes no difference: {mutant.words()}\n    {why}" if why else f"NOT NOTICED: {mutant.words()}")
        by_file = Counter(mutant.change.file for mutant in self.tried)
        left = Counter(mutant.change.file for mutant in self.survivors)
        print(f"{'file':<44} {'changes':>7} {'noticed':>7}")
        for file, count in sorted(by_file.items()):
            print(f"{file:<44} {count:>7} {count - left[file]:>7}")
        by_kind = Counter(mutant.kind for mutant in self.tried).most_common()
        print(f"{len(self.tried)} changes ({', '.join(f'{count} {kind}' for kind, count in by_kind)}),")
        print(f"{self.noticed} noticed ({self.share:.1%}); of the others {self.known} make no difference", end=" ")
        print(f"and {len(self.survivors) - self.known} went unnoticed; {seconds:.0f} s")

    @property
    def known(self) -> int:
        """How many of the survivors are known to make no difference."""
        return sum(mutant.change in self.why for mutant in self.survivors)

    def falls_short(self, bar: float, *, whole: bool) -> list[str]:
        """Return what falls short, in words.

        Args:
            bar: the share that is to be noticed at least.
            whole: whether all changes of all files were tried.
        """
        short = []
        if self.asleep:
            short.append(f"{self.asleep} changes were tried by no test at all")
        if not self.noticed:
            short.append("nothing was noticed")
        elif self.share < bar:
            short.append(f"{self.share:.1%} noticed, {bar:.0%} asked")
        if whole and len(self.tried) < FEWEST:
            short.append(f"{len(self.tried)} changes, {FEWEST} asked")
        short += [f"equivalents.yml tells of a change that cannot be made: {' > '.join(item)}" for item in self.gone]
        short += [f"equivalents.yml tells of a change that was noticed: {' > '.join(item)}" for item in self.wrong]
        return short

    def figures(self) -> dict[str, object]:
        """Return the figures, flat."""
        listed = {f"survivor / {mutant.words()}": self.why.get(mutant.change, "") for mutant in self.survivors}
        counts = {"mutants": len(self.tried), "noticed": self.noticed, "share": round(self.share, 4)}
        return {**counts, "equivalent": self.known, "unnoticed": len(self.survivors) - self.known, **listed}
