"""Numbers on the command line, refused in the user's language when they are out of range."""

import math

import click

from avdesk.i18n import _


class Number(click.ParamType[float]):
    """A finite number within a range; `whole`: without a fraction."""

    name = "number"

    def __init__(self, low: float, high: float, *, whole: bool = False) -> None:
        self.low, self.high, self.whole = low, high, whole

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number that a text says.

        Raises:
            click.BadParameter: it is none, or out of range.
        """
        try:
            number = float(str(value)[:40])
        except ValueError:
            number = math.nan
        if not self.low <= number <= self.high or (self.whole and number != int(number)):
            wanted = _("a whole number from {low:g} to {high:g} is wanted") if self.whole else ""
            wanted = wanted or _("a number from {low:g} to {high:g} is wanted")
            self.fail(wanted.format(low=self.low, high=self.high), param, ctx)
        return int(number) if self.whole else number


INTERVAL = Number(0.1, 3600)
"""Seconds between two refreshes."""
