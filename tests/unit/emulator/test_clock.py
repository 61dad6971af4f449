"""The agenda: order, waiting and stopping."""

from avdesk.emulator.clock import Agenda, Signal, Steps, Until


def test_that_actions_happen_in_order_at_their_own_time() -> None:
    agenda = Agenda(0.0)
    seen: list[tuple[str, float]] = []
    for name, when in (("late", 3.0), ("early", 1.0), ("never", 99.0)):
        agenda.at(when, lambda name=name: seen.append((name, agenda.time)))  # type: ignore[misc]
    agenda.advance(10.0)
    assert seen == [("early", 1.0), ("late", 3.0)]
    assert agenda.time == 10.0


def test_that_steps_do_not_depend_on_how_often_somebody_looks() -> None:
    def steps(agenda: Agenda, seen: list[float]) -> Steps:
        for _ in range(5):
            yield 0.7
            seen.append(round(agenda.time, 6))

    results = []
    for looks in ([10.0], [0.1 * n for n in range(101)]):
        agenda, seen = Agenda(0.0), list[float]()
        agenda.run(steps(agenda, seen))
        for moment in looks:
            agenda.advance(moment)
        results.append(seen)
    assert results[0] == results[1] == [0.7, 1.4, 2.1, 2.8, 3.5]


def test_that_a_signal_wakes_before_the_deadline_and_only_once() -> None:
    agenda, signal, woken = Agenda(0.0), Signal(), list[float]()

    def steps() -> Steps:
        yield Until(signal, 5.0)
        woken.append(agenda.time)
        yield 100.0
        woken.append(agenda.time)

    agenda.run(steps())
    agenda.at(2.0, signal.fire)
    agenda.advance(50.0)
    assert woken == [2.0]


def test_that_the_deadline_wakes_when_no_signal_comes() -> None:
    agenda, signal, woken = Agenda(0.0), Signal(), list[float]()

    def steps() -> Steps:
        yield Until(signal, 5.0)
        woken.append(agenda.time)

    agenda.run(steps())
    agenda.advance(6.0)
    signal.fire()
    agenda.advance(7.0)
    assert woken == [5.0]


def test_that_a_stopped_process_never_goes_on() -> None:
    agenda, woken = Agenda(0.0), list[float]()

    def steps() -> Steps:
        yield 1.0
        woken.append(agenda.time)

    agenda.run(steps()).stop()
    agenda.advance(5.0)
    assert woken == []


def test_that_a_clock_set_back_changes_nothing() -> None:
    agenda, seen = Agenda(100.0), list[float]()
    agenda.at(101.0, lambda: seen.append(agenda.time))
    agenda.advance(50.0)
    assert agenda.time == 100.0
    assert seen == []
    agenda.advance(102.0)
    assert seen == [101.0]
