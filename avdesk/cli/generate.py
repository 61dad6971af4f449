"""`generate`: start a run."""

import click

from avdesk.cli.commands import Command, NeededOption, session_of
from avdesk.cli.exit_codes import Exit
from avdesk.cli.job_acts import hurry_app, tell_outcome
from avdesk.cli.job_looks import acting
from avdesk.cli.numbers import Number
from avdesk.core.actions import ActionKind
from avdesk.i18n import _

LONGEST_VIDEO_S = 3600


def build() -> click.Command:
    """Return the command."""
    return Command(
        "generate",
        callback=_generate,
        params=[
            NeededOption(["--topic"], metavar=_("TEXT"), about=_("What the video is about.")),
            click.Option(
                ["--max-length"],
                type=Number(1, LONGEST_VIDEO_S, whole=True),
                metavar=_("SECONDS"),
                help=_("How long it may be, where the server's revision takes that."),
            ),
            click.Option(
                ["--tts"],
                type=click.Choice(["elevenlabs", "google"]),
                help=_("Whose voice, where the server's revision takes that."),
            ),
            click.Option(["--json", "as_json"], is_flag=True, help=_("Print one JSON object.")),
        ],
        short=_("Start a new video."),
        about=_("Start a new video on the server, which makes one at a time."),
    )


@click.pass_context
def _generate(context: click.Context, *, topic: str, max_length: float | None, tts: str | None, as_json: bool) -> int:
    from avdesk.services.previews import new_request

    session = session_of(context)
    actions = acting(session)
    parameters = {"topic": topic, "max_length": "" if max_length is None else str(int(max_length)), "tts": tts or ""}
    wishes = {name: value for name, value in parameters.items() if value}
    wishes.setdefault("topic", "")
    outcome = actions.carry_out(new_request(ActionKind.GENERATE, session.environment().name, None, wishes))
    hurry_app(session)
    if not as_json:
        return tell_outcome(outcome)
    from avdesk.cli.results import print_json
    from avdesk.services.audit import record_report

    print_json(record_report(outcome.record))
    if outcome.error is not None:
        return tell_outcome(outcome)
    return Exit.FINE if outcome.record.state.value in ("confirmed", "requested") else Exit.BAD
