"""The command line: results on stdout, talk on stderr, each kind of failure its own exit code."""

from __future__ import annotations

import logging
import sys
import traceback
from importlib import import_module
from io import TextIOWrapper
from typing import Final, TextIO

import click

from reegraph.errors import ReegraphError, UnknownName, UsageError
from reegraph.sentence import Sentence

COMMANDS: Final = {  # by name: the module it stands in, loaded once it is called, and its line in the list
    "ask": ("answers", "Answer a question, named or in plain words; alone, list the questions."),
    "show": ("answers", "All that the graph says of a thing, with the claim behind each line."),
    "find": ("answers", "Find things by any name, in English or Chinese."),
    "why": ("answers", "The proof of a claim or conclusion, down to source and paragraph."),
    "scenario": ("scenarios", "Answer what if; alone, list the scenarios."),
    "sparql": ("answers", "Run a SPARQL query."),
    "serve": ("serve", "Serve pages, SPARQL and Linked Data."),
    "mcp": ("agents", "Give agents the graph as tools (Model Context Protocol)."),
    "export": ("keep", "Write the graph to an RDF file."),
    "publish": ("keep", "Load the graph into a SPARQL service."),
    "index": ("keep", "Add a text index to an RDF file of yours."),
    "build": ("keep", "Build the graph, unless it is fresh."),
    "check": ("curate", "Check the curated files and the built graph."),
    "fmt": ("curate", "Bring the curated tables into their canonical form."),
    "anchor": ("curate", "Find a phrase in an article."),
    "add": ("curate", "Add claims of an article."),
    "coverage": ("curate", "How much of the articles stands behind claims."),
}


_REMEDIES: Final = {  # by the kind of name that is unknown
    "question": Sentence("`reegraph ask` lists all.", "全部列於 `reegraph ask`。"),
    "name": Sentence("`reegraph find` searches names.", "可用 `reegraph find` 查找名稱。"),
    "id": Sentence("`reegraph find` searches names.", "可用 `reegraph find` 查找名稱。"),
    "command": Sentence("`reegraph --help` lists all.", "全部列於 `reegraph --help`。"),
    "statement": Sentence("`reegraph show` has those of a thing.", "`reegraph show` 列出一事物的陳述。"),
}


class UnknownCommand(UsageError, UnknownName):
    """A command that is not there, told with the nearest; it ends as other misuse does."""


class _Commands(click.Group):
    """The commands, each with its module loaded only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(f"reegraph.cli.{COMMANDS[cmd_name][0]}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but a command that is not there is told with the nearest."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            raise UnknownCommand("command", args[0], COMMANDS)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option("--debug", is_flag=True, expose_value=False, help="Show where in the code an error was raised.")
@click.version_option(package_name="reegraph")
def cli() -> None:
    """A knowledge graph of the rare-earth supply chain and its politics.

    Every figure on its source's word; sources that disagree side by side; dependence derived by rules.

    \b
    Example:
      reegraph ask heavy-ree-dependence
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; a failure of ours ends in its own exit code, without a traceback."""
    words = sys.argv[1:] if arguments is None else arguments
    _take_any_text(sys.stdout)
    _take_any_text(sys.stderr)
    try:
        code = cli.main(args=words, standalone_mode=False, prog_name="reegraph")
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except BrokenPipeError:  # the reader of our output went away (`| head`)
        sys.stderr.close()
        sys.exit(141)
    except ReegraphError as error:
        if "--debug" in words:
            traceback.print_exc()
        from reegraph.cli.output import default_lang

        click.echo(f"reegraph: {_with_remedy(error, default_lang())}", err=True)
        sys.exit(error.exit_code)
    except Exception:
        if "--debug" in words:
            raise
        logging.getLogger("reegraph").debug("unexpected", exc_info=True)
        fault = traceback.format_exc().strip().splitlines()[-1]
        click.echo(
            f"reegraph: a fault of reegraph's own: {fault}\n"
            "Run it again as `reegraph --debug ...` and report what it says.",
            err=True,
        )
        sys.exit(1)
    if isinstance(code, int) and code:  # what a command gives to Context.exit
        sys.exit(code)


def _with_remedy(error: ReegraphError, lang: str) -> str:
    """What the error says, and the command that helps."""
    hint = _REMEDIES.get(error.kind) if isinstance(error, UnknownName) else None
    return error.told(lang) + (f"{'' if lang == 'zh-Hant' else ' '}{hint.label(lang)}" if hint else "")


def _take_any_text(stream: TextIO) -> None:
    """A pipe or file gets UTF-8 under any locale, as --output does; a terminal ? for what it cannot show."""
    if isinstance(stream, TextIOWrapper):
        if stream.isatty():
            stream.reconfigure(errors="replace")
        else:
            stream.reconfigure(encoding="utf-8")
