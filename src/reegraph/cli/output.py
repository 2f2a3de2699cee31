"""Options that commands share: how an answer is written, and which graph is asked."""

from __future__ import annotations

import contextlib
import locale
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import reduce, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import click
from click.core import ParameterSource

from reegraph.errors import UsageError
from reegraph.folders import articles_folder
from reegraph.sentence import Sentence
from reegraph.table import BOM, FORMATS, LANGS, Lang, Table

if TYPE_CHECKING:
    from reegraph.graph import KnowledgeGraph

NOTHING: Final = Sentence(
    "the graph has nothing on this; it is unknown, not none", "圖譜沒有這方面的資料；這是未知，而非沒有"
)
WIDEST: Final = 10_000  # characters; a table takes what it needs of them

_LANGS_TOO: Final = dict.fromkeys(("zh", "zh-tw", "zh-hk", "zh_tw", "zh-hant", "中文"), "zh-Hant")
_FORMATS_TOO: Final = {"markdown": "md", "excel": "xlsx"}

F = TypeVar("F", bound=Callable[..., Any])

_TEXTS: Final[dict[str, Callable[[Table, Lang], str]]] = {
    "csv": lambda table, lang: table.to_csv(lang),
    "tsv": lambda table, lang: table.to_csv(lang, "\t"),
    "json": lambda table, lang: table.to_json(lang),
    "md": lambda table, lang: table.to_markdown(lang),
    "table": lambda table, lang: table.to_markdown(lang),
}

articles_option = click.option(
    "--articles",
    type=click.Path(path_type=Path),
    help="Folder of article texts, to prove claims by and show sentences of. [default: REEGRAPH_ARTICLES]",
)


class Choice(click.Choice[str]):
    """One of some values, which go by other names too; those that are there are told where none fits."""

    def __init__(self, choices: Sequence[str], also: Mapping[str, str]) -> None:
        super().__init__(choices)
        self._also = also

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert(self._also.get(str(value).casefold(), value), param, ctx)


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
    """--lang, by default the locale's, or that of a Chinese question."""
    option = click.option(
        "--lang",
        type=Choice(LANGS, _LANGS_TOO),
        default=default_lang,
        help="Language of names. [default: the locale's]",
    )
    return option(command)


@dataclass(frozen=True)
class OutputOptions:
    """How an answer is written: --format, --output, --lang."""

    format: str
    output: Path | None
    lang: Lang

    def otherwise_in(self, lang: Lang) -> Self:
        """These options in that language, unless --lang is given."""
        source = click.get_current_context().get_parameter_source("lang")
        return replace(self, lang=lang) if source is ParameterSource.DEFAULT else self

    def write(self, table: Table, nothing: Sentence = NOTHING) -> None:
        """Write a table where and how the options say; `nothing` is said of one without rows."""
        if self.format == "xlsx":
            if self.output is None:
                raise UsageError("--format xlsx needs a file: add --output FILE.xlsx")
            table.to_xlsx(self.output, self.lang)
        elif self.format == "table" and self.output is None:
            show(table, self.lang, nothing)
        else:
            marked = self.format == "csv" and self.output is not None  # stdout is for programs
            self.put(BOM * marked + _TEXTS[self.format](table, self.lang))

    def put(self, text: str) -> None:
        """Write a text to the file of --output, or to stdout."""
        if self.output is None:
            click.echo(text, nl=False)
            return
        try:
            self.output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{self.output}: cannot be written: {error.strerror}") from error


@dataclass(frozen=True)
class GraphOptions:
    """Which graph is asked: --store, --token."""

    url: str | None
    token: str

    def open(self, articles: Path | None = None, graphs: str = "") -> KnowledgeGraph:
        """The graph; building it shows a progress bar on stderr. `articles` is where its sentences are.

        `graphs` is where the service has its graphs.
        """
        from reegraph.graph import connect, open_built  # loads all that answers; an option's help needs none

        if self.url is not None:
            return connect(self.url, articles=articles, token=self.token, graphs=graphs)
        with progress() as tick:
            return open_built(articles=articles_folder(articles), tick=tick)


def output_options(command: Callable[..., None]) -> Callable[..., None]:
    """--format, --output and --lang, given to the command as `out`."""
    options = (
        click.option("--format", type=Choice(FORMATS, _FORMATS_TOO), default="table", show_default=True),
        click.option(
            "-o", "--output", type=click.Path(path_type=Path), help="Write to this file. [default: stdout]"
        ),
        lang_option,
    )
    return _gathered(command, "out", OutputOptions, options)


graphs_option = click.option(
    "--graphs",
    metavar="URL",
    default="",
    help="Where the service has its graphs (Graph Store Protocol). [default: graphs, beside its URL]",
)


def graph_options(command: Callable[..., None]) -> Callable[..., None]:
    """--store and --token, given to the command as `where`."""
    options = (
        click.option(
            "--store", "url", metavar="URL", help="Ask this SPARQL service instead of the built graph."
        ),
        click.option("--token", envvar="REEGRAPH_TOKEN", default="", help="Bearer token for --store."),
    )
    return _gathered(command, "where", GraphOptions, options)


def _gathered(
    command: Callable[..., None], name: str, record: type, options: Sequence[Callable[[Any], Any]]
) -> Callable[..., None]:
    """The command with these options, given to it as one record."""
    taken = [field.name for field in fields(record)]

    @wraps(command)
    def wrapped(*args: Any, **values: Any) -> None:
        command(*args, **{name: record(*(values.pop(key) for key in taken)), **values})

    return reduce(lambda function, option: option(function), options, wrapped)


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A bar over the steps of a build; it appears only once a step begins."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    from reegraph.build import STEPS

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


def show(table: Table, lang: Lang, nothing: Sentence = NOTHING) -> None:
    """Draw a table on the terminal, its remarks on stderr; in a pipe a row is one line, for grep and less."""
    from rich.console import Console

    drawn = table.to_rich(lang)
    terminal = Console(highlight=False)
    if not terminal.is_terminal:
        Console(highlight=False, width=WIDEST).print(drawn)
    elif table.narrowest(lang) > terminal.width:
        click.echo(table.to_blocks(lang), nl=False)
    else:
        terminal.print(drawn)
    if lang == "zh-Hant":
        said, label, colon = f"{len(table)} 列", "註：", "："
    else:
        said, label, colon = f"{len(table)} row{'' if len(table) == 1 else 's'}", "note: ", ": "
    click.echo(said if len(table) else f"{said}{colon}{nothing.label(lang)}", err=True)
    for note in table.remarks(lang):
        click.echo(f"{label}{note}", err=True)
