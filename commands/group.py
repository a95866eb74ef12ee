"""How the command line speaks: every error in one line, and all of it in the user's language.

What click says (usage errors, the frame of a help text) and the help texts of the commands are written in
English; for those who read Chinese they are looked up as they are printed, see ``language``.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, Any
from unicodedata import east_asian_width

import click

from .completion import complete
from .crews import HINT
from .language import catalogue, spoken, user_language
from .printing import tell
from .stopping import Stopped, stopped_by_signals

_EXTRA = re.compile(r"(.*?)(?:  )?\[((?:default|required|env var|x|\d)[^\[\]]*)\]", re.DOTALL)
_STAY = "，。；：、）！？”］"  # no line begins with these
_WORD = re.compile(r"[ -~]+?(?: |$|(?=[^ -~]))|[^ -~]", re.DOTALL)


class Group(click.Group):
    """A group whose commands end in one line for every error a user can meet."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command: its help is in the user's language, and its arguments are completed in the shell."""
        cmd.context_class = _Context
        complete(cmd)
        super().add_command(cmd, name)

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """Read the group's own options."""
        with _usage_errors():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; turn errors, and signals that ask for the end, into a line and an exit code."""
        with stopped_by_signals():
            return self._invoked(ctx)

    def _invoked(self, ctx: click.Context) -> Any:
        try:
            with _usage_errors():
                return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click itself ends these as it should
        except KeyboardInterrupt as stop:
            stopped = stop if isinstance(stop, Stopped) else Stopped(signal.SIGINT)
            told = f"roomfold: {stopped}; {ctx.meta.get(HINT) or 'nothing was written'}"
            _say(spoken(told, user_language()))
            ctx.exit(stopped.exit_code)
        except Exception as error:
            if ctx.obj:
                raise
            text, code = _line(error, ctx.meta.get(HINT))
            _say(text)
            ctx.exit(code)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, each with the first sentence of its help."""
        if user_language() == "en":
            super().format_commands(ctx, formatter)
            return
        with formatter.section("Commands"):
            formatter.write_dl([(name, _first(self.commands[name])) for name in self.list_commands(ctx)])


def _say(text: str) -> None:
    """Print the reason for the end; where nobody can read it, the exit code still says what it was."""
    try:
        tell(text, err=True)
    except OSError:  # what is still unwritten would fail again when Python ends, with a code of its own
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _first(command: click.Command) -> str:
    """The first sentence of a command's help in Chinese."""
    paragraph = " ".join((command.help or "").partition("\n\n")[0].split())
    return spoken(paragraph, "zh", "help").partition("。")[0]


def _line(error: Exception, hint: str | None) -> tuple[str, int]:
    """An error as the user reads it, and its exit code."""
    from ..scenarios.errors import InputError, explained

    text, code = explained(error)
    language = user_language()
    if isinstance(error, InputError):  # wrong again if repeated: no hint
        told = (replace(problem, message=spoken(problem.message, language)) for problem in error.problems)
        return "\n".join(map(str, told)), code
    text = spoken(text, language)
    return (f"{text}{'；' if language == 'zh' else '; '}{spoken(hint, language)}" if hint else text), code


@contextmanager
def _usage_errors() -> Iterator[None]:
    """Errors of usage in the user's language."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.ClickException as error:
        from ..scenarios.visible import visible

        # It may quote any argument; click's stub calls it final.
        object.__setattr__(error, "message", visible(error.message))
        if user_language() == "en":
            raise
        raise _Said(error) from None


class _Said(click.ClickException):
    """An error of click's in Chinese."""

    def __init__(self, error: click.ClickException) -> None:
        super().__init__(spoken(error.format_message(), "zh"))
        self.exit_code = error.exit_code  # type: ignore[misc]  # click has it on the class
        self._ctx = getattr(error, "ctx", None)

    def show(self, file: IO[Any] | None = None) -> None:
        """Print how the command is used, where to read more, and what is wrong."""
        file = file or sys.stderr
        if self._ctx is not None:
            click.echo(self._ctx.get_usage(), file=file)
            click.echo(spoken(f"Try '{self._ctx.command_path} --help' for help.", "zh") + "\n", file=file)
        click.echo(spoken(f"Error: {self.message}", "zh"), file=file)


class _Formatter(click.HelpFormatter):
    """Writes help texts in the user's language; Chinese has no blanks to break a line at."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line that says how a command is used."""
        super().write_usage(prog, args, "用法：" if user_language() == "zh" and prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """The head of a section."""
        if user_language() == "en":
            super().write_heading(heading)
        else:
            self.write(f"{'':>{self.current_indent}}{spoken(heading, 'zh', 'help')}：\n")

    def write_text(self, text: str) -> None:
        """Paragraphs."""
        if user_language() == "en":
            super().write_text(text)
            return
        indent = " " * self.current_indent
        told = (spoken(" ".join(part.split()), "zh", "help") for part in text.split("\n\n"))
        shown = ("\n".join(f"{indent}{line}" for line in _wrapped(part, self.width - 4)) for part in told)
        self.write("\n\n".join(shown) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options or commands, and what each is for."""
        rows = list(rows)
        if user_language() == "en":
            super().write_dl(rows, col_max, col_spacing)
            return
        first = min(max(len(name) for name, _ in rows), col_max) + col_spacing
        for name, text in rows:
            lines = _wrapped(_described(text), max(self.width - first - 4, 20)) or [""]
            head = f"{'':>{self.current_indent}}{name}"
            if len(name) > first - col_spacing:
                self.write(f"{head}\n")
                head = ""
            self.write(f"{head:<{first + self.current_indent}}{lines[0]}\n")
            self.write("".join(f"{'':>{first + self.current_indent}}{line}\n" for line in lines[1:]))


class _Context(click.Context):
    """A context whose help is in the user's language."""

    formatter_class = _Formatter


Group.context_class = _Context


def _described(text: str) -> str:
    """Help of an option in Chinese, with its default or range as click adds them."""
    known = catalogue("help").get(text)
    found = _EXTRA.fullmatch(text) if known is None else None
    if found is None:
        return known or text
    extra = "；".join(spoken(part, "zh", "help") for part in found[2].split("; "))
    return f"{catalogue('help').get(found[1], found[1])}［{extra}］"


def _wrapped(text: str, width: int) -> list[str]:
    """A text in lines of so many columns, letters of Chinese being two wide."""
    lines, line, used = [], "", 0
    for found in _WORD.findall(text):
        word = found
        wide = sum(2 if east_asian_width(c) in "WF" else 1 for c in word)
        if line and used + wide > width and word not in _STAY:
            lines.append(line.rstrip())
            line, used, word = "", 0, word.lstrip()
        line, used = line + word, used + wide
    return [*lines, line.rstrip()] if line else lines
