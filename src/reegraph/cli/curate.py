"""Commands for curators: check, fmt, anchor, add."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reegraph.build import build_store
from reegraph.cli.output import OutputOptions, articles_option, output_options, progress
from reegraph.curation import additions, tsv
from reegraph.curation import coverage as measure
from reegraph.curation.anchors import ArticleText, read_article
from reegraph.curation.claims import Ids
from reegraph.curation.corpus import article_texts, class_index, read_corpus, read_subjects
from reegraph.curation.format import canonical_files
from reegraph.curation.labels import label_faults
from reegraph.curation.sources import Source, read_sources
from reegraph.curation.vocabulary import read_vocabulary
from reegraph.errors import CurationError, MissingPart, UnknownName, UsageError, ValidationError
from reegraph.folders import articles_folder, project_root
from reegraph.graph import KnowledgeGraph
from reegraph.validate import shape_violations


@click.command()
@click.option("--reasoner", is_flag=True, help="Also run HermiT on all but the claims (Java, half a minute).")
@click.option("--no-shapes", is_flag=True, help="Leave out the SHACL shapes, which take longest.")
@articles_option
def check(reasoner: bool, no_shapes: bool, articles: Path | None) -> None:
    """Check the curated files, the graph, the questions, the SHACL shapes and, with --reasoner, the logic.

    With the article texts at hand every anchor is proven and every label compared with its sentence.

    \b
    Example:
      reegraph check
    """
    root, folder = project_root(), articles_folder(articles)
    if reasoner:
        from reegraph.reasoner import require_java

        require_java()
    corpus = read_corpus(root, folder)
    _say(
        f"{len(corpus.claims)} claims of {len(corpus.sources)} sources, {len(corpus.entities)} entities: read"
    )
    if folder is None:
        _say("anchors: not proven, for no article texts are given (--articles DIR or REEGRAPH_ARTICLES)")
    else:
        problems = list(label_faults(list(corpus.claims), article_texts(folder, corpus.sources)))
        if problems:
            raise CurationError(problems)
        _say("anchors and labels: as in the articles")
    with progress() as tick:
        store = build_store(corpus, root, tick)
    _say("checks: no violation")
    graph = KnowledgeGraph(store, root=root)
    for name in graph.questions:
        graph.ask(name)
    _say(f"{len(graph.questions)} questions: answered")
    if not no_shapes:
        found = shape_violations(store.read_graph(None), root / "ontology" / "shapes.ttl")
        if found:
            raise ValidationError(found)
        _say("shapes: conform")
    if reasoner:
        from reegraph.reasoner import check as reason_over

        verdict = reason_over(graph.dl_triples())
        if not verdict.consistent:
            raise ValidationError(["the ontology is inconsistent:", *verdict.explanation.splitlines()])
        if verdict.unsatisfiable:
            raise ValidationError([f"class {c} can have no member." for c in verdict.unsatisfiable])
        _say("HermiT: consistent, every class satisfiable")


@click.command()
@click.option("--check", "only_check", is_flag=True, help="Write nothing; fail when something would change.")
def fmt(only_check: bool) -> None:
    """Bring every curated table into its canonical form.

    \b
    Example:
      reegraph fmt --check
    """
    data = project_root() / "data"
    changed = []
    for path, content, wanted in canonical_files(data):
        if content != wanted:
            changed.append(f"data/{path.relative_to(data).as_posix()}")
            if not only_check:
                tsv.write(path, wanted)
    for name in changed:
        click.echo(name)
    if changed and only_check:
        raise UsageError("not in canonical form; run `reegraph fmt`")


@click.command()
@click.argument("source")
@click.argument("phrase")
@articles_option
def anchor(source: str, phrase: str, articles: Path | None) -> None:
    """Print start, end and sha256 of every place where PHRASE stands in SOURCE, white space ignored.

    \b
    Example:
      reegraph anchor tang-2025 "920磅"
    """
    text = _text(_source(source), articles)
    hits = text.find(phrase)
    if not hits:
        raise UsageError(f"{phrase!r} does not stand in {text.path.name}")
    click.echo("start\tend\tsha256")
    for hit in hits:
        click.echo(f"{hit.start}\t{hit.end}\t{hit.sha256}")


@click.command()
@click.argument("source")
@click.argument("phrase", required=False)
@click.argument("values", nargs=-1, metavar="[COLUMN=VALUE]...")
@click.option(
    "--file", "file", type=click.Path(path_type=Path), help="Take drafts from a tab-separated file."
)
@click.option("--dry-run", is_flag=True, help="Check and print the rows, write nothing.")
@articles_option
def add(
    source: str,
    phrase: str | None,
    values: tuple[str, ...],
    file: Path | None,
    dry_run: bool,
    articles: Path | None,
) -> None:
    """Add a claim of SOURCE, stated by PHRASE; or all drafts of a file with a `phrase` column.

    \b
    Example:
      reegraph add tang-2025 "需要9200磅稀土" subject=product:virginia-class property=requiresGood
          object=group:rare-earths value=9200 unit=lb en="..." zh="..." --dry-run
    """
    if (phrase is None) == (file is None):
        raise UsageError("give a phrase with column=value pairs, or --file FILE")
    root, known = project_root(), _source(source)
    if file is not None:
        drafts = additions.read_drafts(file)
    else:
        pairs = dict(v.partition("=")[::2] for v in values)
        drafts = [additions.draft(pairs, phrase or "", "the new claim")]
    vocabulary = read_vocabulary(root / "ontology")
    ids = Ids(class_index(vocabulary, *read_subjects(root / "data", vocabulary)))
    first = additions.next_number(root, known)
    new = additions.rows(drafts, first, _text(known, articles), vocabulary, ids)
    for row in new:
        click.echo("\t".join(row.values()))
    if dry_run:
        _say(f"{len(new)} rows checked, nothing written")
    else:
        additions.append(root, known, new)
        _say(f"{len(new)} rows added to data/claims/{known.slug}.tsv")


@click.command()
@click.argument("source", required=False)
@output_options
@articles_option
def coverage(source: str | None, out: OutputOptions, articles: Path | None) -> None:
    """Show how much of the articles stands behind claims; with SOURCE, what does not and why.

    \b
    Example:
      reegraph coverage tang-2025
    """
    folder = _folder(articles)
    corpus = read_corpus(project_root(), folder)
    chosen = [_source(source)] if source else list(corpus.sources.values())
    texts = {s.id: read_article(folder, s.sha256, s.id) for s in chosen}
    covered = [measure.coverage(s, corpus.claims_of(s.id), texts[s.id]) for s in chosen]
    if source:
        table = measure.details(covered[0], texts[chosen[0].id])
    else:
        table = measure.summary(covered, corpus.claims)
    out.write(table)


def _source(name: str) -> Source:
    sources, problems = read_sources(project_root() / "data" / "sources")
    tsv.stop_on(problems)
    id_ = name if name.startswith("source:") else f"source:{name}"
    if id_ not in sources:
        raise UnknownName("source", name, [s.slug for s in sources.values()])
    return sources[id_]


def _text(source: Source, articles: Path | None) -> ArticleText:
    return read_article(_folder(articles), source.sha256, source.id)


def _folder(articles: Path | None) -> Path:
    if folder := articles_folder(articles):
        return folder
    raise MissingPart("the article texts are needed: give --articles DIR or set REEGRAPH_ARTICLES")


def _say(text: str) -> None:
    click.echo(text, err=True)
    sys.stderr.flush()
