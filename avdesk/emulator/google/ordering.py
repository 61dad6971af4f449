"""The comparison operators that Google's filters share."""

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

ORDERINGS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "=": operator.eq,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }
)
"""Operator → its test of left and right."""
