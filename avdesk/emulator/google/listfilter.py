"""The filter of customJobs.list: display_name, state, create_time and labels, in snake_case."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from avdesk.emulator.google import moments, querytext
from avdesk.emulator.google.envelope import ApiError, bad_request
from avdesk.emulator.google.jobspec import JOB_STATES
from avdesk.emulator.google.ordering import ORDERINGS

_MAX_LENGTH = 4000


@dataclass(frozen=True, slots=True)
class JobFacts:
    """What the filter looks at; `created` is in Unix nanoseconds."""

    display_name: str
    state: str
    created: int
    labels: Mapping[str, str]


Predicate = Callable[[JobFacts], bool]


def compile_filter(text: str) -> Predicate:
    """Return the predicate of a filter; an empty one matches every job.

    Raises ApiError (400) for what the service cannot read.
    """
    if len(text) > _MAX_LENGTH:
        raise _invalid("it is too long")
    try:
        return _compile(querytext.parse(text))
    except querytext.QuerySyntaxError as error:
        raise _invalid(str(error)) from None


def _compile(node: querytext.Node) -> Predicate:
    match node:
        case querytext.AllOf(parts):
            every = [_compile(part) for part in parts]
            return lambda job: all(predicate(job) for predicate in every)
        case querytext.AnyOf(parts):
            some = [_compile(part) for part in parts]
            return lambda job: any(predicate(job) for predicate in some)
        case querytext.Not(part):
            inner = _compile(part)
            return lambda job: not inner(job)
        case querytext.Comparison():
            return _comparison(node)
        case querytext.Anywhere(text):
            raise _invalid(f"{text[:80]!r} is no comparison")
        case querytext.Call(name):
            raise _invalid(f"there is no function {name[:80]!r}")


def _comparison(node: querytext.Comparison) -> Predicate:
    match node.path:
        case ("display_name",):
            return _display_name(node)
        case ("state",):
            return _state(node)
        case ("create_time",):
            return _create_time(node)
        case ("labels",) if node.operator == ":":
            return lambda job: node.value in job.labels
        case ("labels", *rest) if rest:
            return _label(node, ".".join(rest))
    raise _invalid(f"the field {'.'.join(node.path)[:80]!r} is not supported")


def _display_name(node: querytext.Comparison) -> Predicate:
    if node.operator == "=":
        return lambda job: job.display_name == node.value
    if node.operator == "!=":
        return lambda job: job.display_name != node.value
    if node.operator != ":":
        raise _operator(node)
    pattern = re.compile(re.sub(r"(?:\\\*)+", ".*", re.escape(node.value)), re.DOTALL)
    return lambda job: pattern.fullmatch(job.display_name) is not None


def _state(node: querytext.Comparison) -> Predicate:
    if node.operator not in ("=", "!="):
        raise _operator(node)
    if node.value not in JOB_STATES:
        raise _invalid(f"{node.value[:80]!r} is no JobState")
    equal = node.operator == "="
    return lambda job: (job.state == node.value) is equal


def _create_time(node: querytext.Comparison) -> Predicate:
    compare = ORDERINGS.get(node.operator)
    if compare is None:
        raise _operator(node)
    bound = moments.parse(node.value)
    if bound is None:
        raise _invalid(f"{node.value[:80]!r} is no RFC 3339 time")
    return lambda job: compare(job.created, bound)


def _label(node: querytext.Comparison, key: str) -> Predicate:
    if node.operator == ":" and node.bare and node.value == "*":
        return lambda job: key in job.labels
    if node.operator in ("=", ":"):
        return lambda job: job.labels.get(key) == node.value
    if node.operator == "!=":
        return lambda job: key in job.labels and job.labels[key] != node.value
    raise _operator(node)


def _operator(node: querytext.Comparison) -> ApiError:
    return _invalid(f"the operator {node.operator} is not supported for {'.'.join(node.path)[:80]!r}")


def _invalid(why: str) -> ApiError:
    return bad_request(f"Invalid filter: {why}.", "filter")
