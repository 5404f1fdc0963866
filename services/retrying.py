"""The retry policy: when a source that gave no answer is asked again, and how long one waits for it altogether.

The run of a single case and a book of many keep to the same one; a book waits longer, since a thousand applicants ask
more than a source allows in a minute.
"""

from __future__ import annotations

from typing import NamedTuple

from admission.errors import CouldNotAsk, RateLimited, SourceUnavailable

# What another try may mend. A refusal, a challenge or a changed format is not asked again.
RETRIED = (SourceUnavailable, RateLimited)


class RetryPolicy(NamedTuple):
    """When a source is asked again.

    Attributes:
        delays: seconds before the second try, the third and so on; there are no more tries than that.
        longest_wait: seconds that all waiting for one source may take together.
    """

    delays: tuple[float, ...]
    longest_wait: float

    def pause(self, failures: int, error: CouldNotAsk, waited: float) -> float | None:
        """Return how many seconds to wait before the next try; None where it is given up.

        A source that says how long it wants to be left alone (`Retry-After`) is left alone for as long.

        Args:
            failures: tries that failed so far, 1 or more.
            error: how the last one failed.
            waited: seconds waited for this source already.
        """
        if failures > len(self.delays):
            return None
        pause = self.delays[failures - 1]
        if isinstance(error, RateLimited) and error.retry_after is not None:
            pause = max(pause, error.retry_after)
        return pause if waited + pause <= self.longest_wait else None


class Tries:
    """The tries at one source for one case.

    Attributes:
        failures: tries that failed so far.
        pause: seconds to wait before the next one.
    """

    def __init__(self, policy: RetryPolicy) -> None:
        self.failures = 0
        self.pause = 0.0
        self._policy = policy
        self._waited = 0.0

    def again(self, error: CouldNotAsk) -> bool:
        """Count a try that failed; True where another one is worth the wait."""
        self.failures += 1
        pause = self._policy.pause(self.failures, error, self._waited)
        if pause is None:
            return False
        self.pause = pause
        self._waited += pause
        return True
