"""Commands that answer: ask, sparql, show, find, why."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any, Final, TextIO

import click

from reegraph.cli.output import (
    GraphOptions,
    OutputOptions,
    articles_option,
    graph_options,
    lang_option,
    output_options,
)
from reegraph.errors import UnknownName, UsageError
from reegraph.export import turtle
from reegraph.folders import project_root
from reegraph.plain.choice import Choice, Guess
from reegraph.plain.matcher import is_plain
from reegraph.plain.reading import is_chinese
from reegraph.questions import read_questions
from reegraph.sentence import Sentence
from reegraph.table import Column, Lang, Table

_NO_NAME: Final = Sentence(
    "nothing has a name like that; try a part of it, another spelling, or the other language",
    "沒有相近的名稱；可改用部分字詞、其他寫法或另一種語言",
)


class _File(click.File):
    """A file, or - for stdin; a query in its place is told where it goes."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, str) and "{" in value and not Path(value).exists():
            raise UsageError("a FILE is wanted, or - for stdin: echo 'SELECT ...' | reegraph sparql -")
        return super().convert(value, param, ctx)


@click.command()
@click.argument("name", required=False)
@click.argument("parameters", nargs=-1, metavar="[KEY=VALUE]...")
@output_options
@graph_options
def ask(
    name: str | None,
    parameters: tuple[str, ...],
    out: OutputOptions,
    where: GraphOptions,
) -> None:
    """Answer a named question, or a plain one in quotes; without either, list the questions.

    For a plain question, in Chinese or English, it says which named one it chose, with which parameters and
    how sure it is, and offers the next best; below its threshold it says that it does not know. A Chinese
    question is answered in Chinese unless --lang is given.

    Every named question also takes known_by=DATE: the answer from what was published by then.

    \b
    Example:
      reegraph ask heavy-ree-dependence on=country:CN
      reegraph ask china-share known_by=2025-06-30
      reegraph ask "哪些重稀土加工依賴中國？"
    """
    if name is None:
        out.write(_questions(out.lang))
        return
    values = {}
    for parameter in parameters:
        key, sign, value = parameter.partition("=")
        if not sign:
            raise UsageError(f"{parameter!r} is not key=value, e.g. on=country:CN")
        values[key] = value
    with where.open() as g:
        if not is_plain(name):
            out.write(g.ask(name, **values))
            return
        if values:
            raise UsageError("a plain question takes no key=value; name the question instead")
        out = out.otherwise_in("zh-Hant") if is_chinese(name) else out
        choice, table = g.ask_plain(name)
        _tell(choice, out.lang)
        if table is None:  # _tell has said why, and what to try
            click.get_current_context().exit(UnknownName.exit_code)
        out.write(table)


@click.command()
@click.argument("file", type=_File(encoding="utf-8"))
@output_options
@graph_options
def sparql(
    file: TextIO,
    out: OutputOptions,
    where: GraphOptions,
) -> None:
    """Run the SPARQL query of FILE, or of stdin for -. The usual prefixes are predeclared.

    \b
    Example:
      echo 'SELECT ?f { ?f ree:operates ?plant }' | reegraph sparql -
    """
    with where.open() as g:
        out.write(g.sparql(file.read()))


@click.command()
@click.argument("id_", metavar="ID")
@output_options
@graph_options
def show(
    id_: str,
    out: OutputOptions,
    where: GraphOptions,
) -> None:
    """Show all that the graph says of a thing, with the claim or entry behind each line.

    \b
    Example:
      reegraph show element:Dy
    """
    with where.open() as g:
        out.write(g.entity(id_))


@click.command()
@click.argument("word")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 500))
@output_options
@graph_options
def find(
    word: str,
    limit: int,
    out: OutputOptions,
    where: GraphOptions,
) -> None:
    """Find things by any name: English, traditional or simplified Chinese, symbols, aliases.

    \b
    Example:
      reegraph find 萊納斯
    """
    with where.open() as g:
        out.write(g.find(word, limit), _NO_NAME)


@click.command()
@click.argument("what", metavar="ID|STATEMENT")
@click.option(
    "--format", "format_", type=click.Choice(["tree", "json", "ttl"]), default="tree", show_default=True
)
@lang_option
@graph_options
@articles_option
def why(what: str, format_: str, lang: Lang, where: GraphOptions, articles: Path | None) -> None:
    """Show the proof of a claim, dependency, disagreement or statement, down to source and paragraph.

    A statement is `"subject property object"`; every way in which it is supported is shown.

    With the article texts at hand (--articles) the sentences themselves are shown.

    \b
    Example:
      reegraph why claim:tang-2025-1
      reegraph why "country:US dependsOn country:CN"
    """
    with where.open(articles) as g:
        proof = g.why(what)
        triples = g.describe(proof.nodes()) if format_ == "ttl" else []
    if format_ == "ttl":
        click.echo(turtle(triples), nl=False)
    elif format_ == "json":
        click.echo(json.dumps(proof.to_dict(lang), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(proof.lines(lang)))


def _tell(choice: Choice, lang: Lang) -> None:
    """Say on stderr what was chosen for a plain question, and what else it could be."""
    click.echo(f"{choice.why(lang)} {choice.advice(lang)}".rstrip(), err=True)
    if choice.best:
        for word in _words(choice.best):
            click.echo(f"  {word}", err=True)
    for guess in (g for g in choice.near if g.sure >= 0.05):
        line = shlex.join((guess.question, *_words(guess)))
        click.echo(f"  or: reegraph ask {line} ({guess.sure:.0%})", err=True)


def _words(guess: Guess) -> list[str]:
    """The parameters of a guess as the command line takes them."""
    return [f"{k}={','.join(v) if isinstance(v, tuple) else v}" for k, v in guess.parameters.items()]


def _questions(lang: Lang) -> Table:
    questions = read_questions(project_root() / "queries").values()
    rows = tuple(
        (
            q.name,
            q.theme,
            q.question_zh if lang == "zh-Hant" else q.question_en,
            tuple(f"{p.name}={p.default.replace('<', '').replace('>', '')}" for p in q.parameters),
        )
        for q in sorted(questions, key=lambda q: (q.theme, q.name))
    )
    columns = (
        Column("question", zh="問題"),
        Column("theme", zh="主題"),
        Column("asks", zh="問句"),
        Column("parameters", "texts", zh="參數"),
    )
    return Table(columns, rows)
