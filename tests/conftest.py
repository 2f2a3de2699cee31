"""What the tests share: the real project, and a tiny one that a test may spoil."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from reegraph.curation.anchors import ArticleText, sha256
from reegraph.curation.claims import COLUMNS
from reegraph.curation.corpus import Corpus, read_corpus
from reegraph.curation.vocabulary import Vocabulary, read_vocabulary
from reegraph.errors import CurationError, Problem
from reegraph.folders import project_root

# The same examples on every run and machine: a test that fails today fails tomorrow.
settings.register_profile("reegraph", deadline=None, derandomize=True, database=None)
settings.load_profile("reegraph")

ARTICLE = "稀土小記\n\n全球七成的鏑產自中國。\n2024年中國開採鏑三百噸。\n作者認為此事值得留意。\n"
ENTITIES = {
    "country": "country:CN\tJurisdiction\tChina\t中國\tzh-Hans:中国\t\t\twikidata:Q148\t\t",
    "region": "region:world\tRegion\tworld\t全球\t\t\t\t\t\t",
    "element": "element:Dy\tRareEarthElement\tdysprosium\t鏑\ten:Dy\t\t\t\t\t",
}
CLAIMS = (
    (
        "全球七成的鏑產自中國",
        {
            "subject": "country:CN",
            "property": "productionShare",
            "object": "region:world",
            "value": "70",
            "unit": "percent",
            "material": "element:Dy",
            "en": "China produces 70 % of the world's dysprosium.",
            "zh": "中國的鏑產量占全球70%。",
        },
    ),
    (
        "2024年中國開採鏑三百噸",
        {
            "subject": "country:CN",
            "property": "production",
            "value": "300",
            "unit": "t",
            "when": "2024",
            "stage": "stage:mining",
            "material": "element:Dy",
            "en": "China mined 300 t of dysprosium in 2024.",
            "zh": "中國2024年的鏑礦產量為300噸。",
        },
    ),
    (
        "作者認為此事值得留意",
        {
            "subject": "country:CN",
            "property": "remark",
            "modality": "judgement",
            "en": "The author finds this worth watching.",
            "zh": "作者覺得應多加注意。",
        },
    ),
)


@dataclass(frozen=True)
class Project:
    """A folder with ontology/, queries/ and data/ of one source, three entities and three claims."""

    root: Path
    articles: Path

    def path(self, name: str) -> Path:
        """A file of the project, by its path below the root."""
        return self.root / name

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace the one place where `old` stands in a file."""
        content = self.path(name).read_text(encoding="utf-8")
        assert content.count(old) == 1, f"{old!r} stands {content.count(old)} times in {name}"
        self.path(name).write_text(content.replace(old, new), encoding="utf-8")

    def write(self, name: str, *lines: str) -> None:
        """Write a file of these lines."""
        self.path(name).parent.mkdir(parents=True, exist_ok=True)
        self.path(name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def problems(self, articles: Path | None = None) -> list[Problem]:
        """What reading the project finds wrong; nothing when it reads."""
        try:
            read_corpus(self.root, articles)
        except CurationError as error:
            return list(error.problems)
        return []


@pytest.fixture
def project(tmp_path: Path, root: Path) -> Project:
    """A project that reads without fault, in a folder of the test's own."""
    made = Project(tmp_path / "project", tmp_path / "articles")
    shutil.copytree(root / "ontology", made.path("ontology"))
    shutil.copytree(root / "queries", made.path("queries"))
    made.articles.mkdir()
    (made.articles / "small.txt").write_bytes(ARTICLE.encode())
    for kind, row in ENTITIES.items():
        header = "id\tclass\ten\tzh\taliases\tcountry\tbroader\texternal\tnote_en\tnote_zh"
        made.write(f"data/entities/{kind}.tsv", header, row)
    made.write("data/claims/small-2025.tsv", "\t".join(COLUMNS), *claim_lines())
    made.write("data/sources/small-2025.toml", *source_lines())
    return made


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder that holds the real ontology/, data/ and queries/."""
    return project_root()


@pytest.fixture(scope="session")
def vocabulary(root: Path) -> Vocabulary:
    """The vocabulary of the real ontology."""
    return read_vocabulary(root / "ontology")


@pytest.fixture(scope="session")
def corpus(root: Path) -> Corpus:
    """The real corpus, its anchors unproven."""
    return read_corpus(root)


@pytest.fixture(scope="session")
def articles() -> Path:
    """The folder of the five article texts."""
    beside = project_root().parent / "shared" / "articles"
    folder = Path(os.environ.get("REEGRAPH_ARTICLES") or beside)
    if not folder.is_dir():
        pytest.skip("give the folder of the five article texts by REEGRAPH_ARTICLES")
    return folder


def claim_lines() -> list[str]:
    """The rows of CLAIMS, anchored in ARTICLE."""
    text = ArticleText(Path("small.txt"), ARTICLE)
    defaults = {"modality": "stated", "rank": "normal", "reading": "printed"}
    lines = []
    for number, (phrase, cells) in enumerate(CLAIMS, 1):
        anchor = text.find(phrase)[0]
        place = {"start": str(anchor.start), "end": str(anchor.end), "sha256": anchor.sha256}
        row = {**dict.fromkeys(COLUMNS, ""), **defaults, **cells, **place, "id": str(number)}
        lines.append("\t".join(row.values()))
    return lines


def source_lines() -> list[str]:
    """The TOML of the source, whose heading is its one uncovered span."""
    return [
        'title_zh = "稀土小記"',
        'title_en = "A small note on rare earths"',
        'outlet_zh = "測試報"',
        'outlet_en = "Test Gazette"',
        'published = "2025-06"',
        "year = 2025",
        f'sha256 = "{sha256(ARTICLE)}"',
        f"characters = {len(ARTICLE)}",
        "claims = 3",
        "remarks = 1",
        "paragraphs = [0, 6, 18, 32]",
        "",
        "[[authors]]",
        'name_zh = "王小明"',
        'name_en = "Wang Hsiao-ming"',
        'affiliation_zh = "某大學"',
        'affiliation_en = "Some University"',
        "",
        "[[uncovered]]",
        "start = 0",
        "end = 4",
        f'sha256 = "{sha256(ARTICLE[:4])}"',
        'reason = "heading"',
    ]
