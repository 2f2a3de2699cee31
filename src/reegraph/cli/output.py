"""How answers are written: options that every listing command shares, and tables in each format."""

from __future__ import annotations

import contextlib
import locale
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from reegraph.build import STEPS
from reegraph.errors import UsageError
from reegraph.folders import articles_folder
from reegraph.graph import KnowledgeGraph, connect, open_built
from reegraph.table import FORMATS, LANGS, Lang, Table

NARROWEST = 11  # characters a column; below that a table cannot be read

F = TypeVar("F", bound=Callable[..., Any])


def default_lang() -> Lang:
    """zh-Hant where the locale is a traditional-Chinese one, else en."""
    set_ = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    if not set_:
        with contextlib.suppress(ValueError):
            set_ = locale.getlocale()[0] or ""
    return (
        "zh-Hant"
        if set_.replace("-", "_").lower().startswith(("zh_tw", "zh_hk", "zh_mo", "zh_hant"))
        else "en"
    )


def lang_option(command: F) -> F:
    """--lang, by default the locale's."""
    option = click.option(
        "--lang",
        type=click.Choice(LANGS),
        default=default_lang,
        help="Language of names. [default: the locale's]",
    )
    return option(command)


def format_options(command: F) -> F:
    """--format, --output and --lang."""
    options = (
        click.option("--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True),
        click.option(
            "-o", "--output", type=click.Path(path_type=Path), help="Write to this file. [default: stdout]"
        ),
    )
    for option in options:
        command = option(command)
    return lang_option(command)


def store_options(command: F) -> F:
    """--store, --token and --articles: which graph is asked."""
    options = (
        click.option(
            "--store", "url", metavar="URL", help="Ask this SPARQL service instead of the built graph."
        ),
        click.option("--token", envvar="REEGRAPH_TOKEN", default="", help="Bearer token for --store."),
        click.option(
            "--articles",
            type=click.Path(path_type=Path),
            help="Folder of article texts. [default: REEGRAPH_ARTICLES]",
        ),
    )
    for option in options:
        command = option(command)
    return command


def graph(url: str | None, token: str, articles: Path | None) -> KnowledgeGraph:
    """The graph that the options name; building shows a progress bar on stderr."""
    if url is not None:
        return connect(url, articles=articles, token=token)
    with progress() as tick:
        return open_built(articles=articles_folder(articles), tick=tick)


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A bar over the steps of a build; it appears only once a step begins."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("reegraph: building the graph, {task.description}"),
        BarColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    task = bar.add_task("", total=len(STEPS), visible=False)
    started = False

    def tick(step: str) -> None:
        nonlocal started
        if not started:
            bar.start()
            started = True
        if step in STEPS:
            bar.update(task, description=step, completed=STEPS.index(step), visible=True)

    try:
        yield tick
    finally:
        if started:
            bar.stop()


def write(table: Table, format_: str, output: Path | None, lang: Lang) -> None:
    """Write a table where and how the options say."""
    if format_ == "xlsx":
        if output is None:
            raise UsageError("--format xlsx needs a file: add --output FILE.xlsx")
        table.to_xlsx(output, lang)
        return
    if format_ == "table" and output is None:
        _to_terminal(table, lang)
        return
    text = {
        "csv": lambda: table.to_csv(lang),
        "tsv": lambda: table.to_csv(lang, "\t"),
        "json": lambda: table.to_json(lang),
        "md": lambda: table.to_markdown(lang),
        "table": lambda: table.to_markdown(lang),
    }[format_]()
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror}") from error


def _to_terminal(table: Table, lang: Lang) -> None:
    width = None if sys.stdout.isatty() else 200  # a pipe has no width of its own
    console = Console(width=width, highlight=False)
    if console.width < NARROWEST * len(table.columns):
        click.echo(table.to_blocks(lang), nl=False)
    else:
        console.print(table.to_rich(lang))
    rows = "row" if len(table) == 1 else "rows"
    click.echo(
        f"{len(table)} {rows}"
        + ("" if len(table) else ": the graph has nothing on this; it is unknown, not none"),
        err=True,
    )
    for note in table.remarks(lang):
        click.echo(f"note: {note}", err=True)
