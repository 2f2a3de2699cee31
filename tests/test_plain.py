"""Plain questions: how they are read, which named question they choose, and how often that is right.

The figures are on tests/questions/phrasings.tsv (written by someone who saw neither the questions nor the
matcher) against tests/questions/gold.tsv: questions any of which is right, with `name=value` for what a
parameter has to hold and `name?=value` for what it may hold. Odd ids were for tuning, even ids held out:
at the first look, with the matcher frozen, 47.9 % of their answerable ones were answered right and 19.2 %
of the others falsely. The matcher was worked on after that look, so the figures asserted here for the even
half are no longer of unseen questions.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import reegraph
from reegraph.graph import KnowledgeGraph
from reegraph.plain.choice import Choice, Guess, settle, speaks_of
from reegraph.plain.matcher import Matcher, choose, is_plain
from reegraph.plain.mentions import Gazetteer
from reegraph.plain.phrases import Script
from reegraph.plain.sayings import Saying, Sayings, read_sayings
from reegraph.plain.slots import Value
from reegraph.table import Column, Table

TODAY = date(2026, 11, 22)
QUESTIONS = Path(__file__).parent / "questions"
# Measured, give or take 1 %: right answers to what has one, and answers to what has none.
FLOORS = {1: (0.854, 0.049), 0: (0.531, 0.087)}


@pytest.fixture(scope="module")
def graph() -> Iterator[KnowledgeGraph]:
    """The real graph."""
    with reegraph.connect() as found:
        yield found


@pytest.fixture(scope="module")
def matcher(graph: KnowledgeGraph) -> Matcher:
    """The matcher of the real questions, names and claims."""
    return Matcher.of(graph.questions, graph._names, read_sayings(graph.ask("firm-profile", firm="any")))


@pytest.mark.parametrize(
    ("text", "plain"),
    [("china-share", False), ("who funds MP", True), ("哪些重稀土加工依賴中國？", True), ("exports", False)],
)
def test_plain_questions_hold_a_space_or_a_chinese_character(text: str, plain: bool) -> None:
    """An argument with a space or a Chinese character is a plain question, any other a name."""
    assert is_plain(text) is plain


def test_simplified_characters_are_folded_as_the_names_pair_them() -> None:
    """A character pair that only the names teach is folded, and everyday ones are without them."""
    script = Script.learnt([["镝", "鏑"]])
    assert script.fold("谁买镝") == "誰買鏑"
    assert Script.learnt([]).fold("镝") == "镝"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025年4月5日有哪些管制", date(2025, 4, 5)),
        ("controls in April 2025", date(2025, 4, 30)),
        ("targets for 2030", date(2030, 12, 31)),
        ("as of 1 June 2025", date(2025, 6, 1)),
        ("2025年十二月", date(2025, 12, 31)),
    ],
)
def test_times_are_read_as_their_last_day(text: str, day: date) -> None:
    """A day is itself; a month or year stands for its last day."""
    assert [when.day for when in Script.learnt([]).read(text).whens] == [day]


def test_numbers_that_are_no_years_are_no_times() -> None:
    """A decade, an amount and an impossible day are not taken for a time."""
    assert not Script.learnt([]).read("since the 1980s, 1,990 t, 2025年13月1日 1980年代").whens[1:]


def test_longest_names_win_and_what_is_left_out_is_marked() -> None:
    """A firm named after a country is one mention, and the country after 除了 is left out."""
    script = Script.learnt([])
    names = {"country:CN": ["中國", "China"], "firm:crg": ["中國稀土集團"], "country:US": ["美國"]}
    gazetteer = Gazetteer.of(names, script)
    found = gazetteer.find(script.read("除了中國，美國跟中國稀土集團"))
    assert [(m.ids[0], m.left_out) for m in found] == [
        ("country:CN", True),
        ("country:US", False),
        ("firm:crg", False),
    ]


def test_us_the_country_is_told_by_its_capitals() -> None:
    """ "US" is the United States and "us" is nobody."""
    script = Script.learnt([])
    gazetteer = Gazetteer.of({"country:US": ["United States"]}, script)
    assert [len(gazetteer.find(script.read(t))) for t in ("what the US imports", "tell us more")] == [1, 0]


def test_a_claim_is_found_by_what_it_says_and_is_about() -> None:
    """Of two claims on one person the one that holds the text's words comes first."""
    script = Script.learnt([])
    told = [
        Saying("claim:a-1", ("person:xu",), "ree:named", ("Xu is called the father of rare earths.", "")),
        Saying("claim:a-2", ("person:xu",), "ree:develops", ("Xu developed separation technology.", "")),
    ]
    sayings = Sayings.of(told, script, [])
    hits = sayings.find(script.run("who is called the father of rare earths"), [], frozenset())
    assert hits[0].saying.id == "claim:a-1"
    assert sayings.narrow(hits[0]) == "person:xu"


@pytest.mark.parametrize(
    ("text", "question", "parameters"),
    [
        ("巴西的稀土儲量有多少", "reserves", {"place": ("country:BR",)}),
        ("巴西的稀土储量有多少", "reserves", {"place": ("country:BR",)}),
        ("rare earth reserves of Brazil", "reserves", {"place": ("country:BR",)}),
        ("鏑用在哪裡", "uses-of", {"good": ("element:Dy",)}),
        (
            "除了中國，美國從哪些國家進口稀土",
            "import-dependence",
            {"dependent": ("country:US",)},
        ),
        (
            "Which export controls were in force on 5 April 2025?",
            "controls-in-force",
            {"date": date(2025, 4, 5)},
        ),
        ("which firms are vertically integrated over three stages", "multi-stage-firms",
         {"least": Decimal(3)}),
        ("who are the members of the Minerals Security Partnership", "agreement-members",
         {"agreement": ("agreement:msp",)}),
    ],
)  # fmt: skip
def test_a_question_and_its_parameters_are_chosen(
    matcher: Matcher, text: str, question: str, parameters: Mapping[str, Value]
) -> None:
    """Wording chooses the question; things, times and numbers fill its parameters."""
    best = matcher.choose(text, TODAY).best
    assert best is not None
    assert (best.question, dict(best.parameters)) == (question, parameters)


@pytest.mark.parametrize(
    "text",
    [
        "lithium reserves of Chile",
        "dysprosium price per kg",
        "Lynas 的執行長是誰",
        "台北今天天氣",
        "世界盃冠軍",
    ],
)
def test_what_nothing_here_holds_is_declined(matcher: Matcher, text: str) -> None:
    """Unknown things, foreign measures and other subjects are declined, with the reason."""
    choice = matcher.choose(text, TODAY)
    assert choice.best is None
    assert len(choice.why()) > 20
    assert choice.why("zh-Hant").endswith("。")


def test_a_choice_says_why_and_offers_others(graph: KnowledgeGraph, matcher: Matcher) -> None:
    """The reason names the question and the words that speak for it; the near ones are other questions."""
    choice = matcher.choose("rare earth reserves of Brazil", TODAY)
    assert choice.best
    assert "reserves" in choice.why()
    assert "brazil" in choice.why()
    assert 1 <= len(choice.near) <= 2
    assert choice.best.question not in {guess.question for guess in choice.near}
    assert choose("rare earth reserves of Brazil", graph.questions, graph._names, TODAY).best


def test_an_answer_without_rows_is_a_decline(graph: KnowledgeGraph, matcher: Matcher) -> None:
    """The graph holds no reserves of Vietnam, and says so, naming the question it asked."""
    choice, table = settle(matcher.choose("Vietnam rare earth reserves", TODAY), _ask(graph))
    assert (choice.best, table, choice.nothing) == (None, None, "reserves")
    assert "nothing on this" in choice.why()


def test_the_next_best_question_is_tried_where_the_graph_has_nothing() -> None:
    """A near question that takes the same mentions answers in place of one without rows."""
    first = Guess("capacity", {"facility": ("facility:a",)}, 0.8, placed=frozenset({1}))
    other = Guess("projects", {"who": ("facility:a",)}, 0.6, placed=frozenset({1}))
    wider = Guess("exports", {}, 0.7)
    rows = {"projects": Table((Column("n"),), (("x",),))}
    choice, table = settle(
        Choice("", first, (wider, other)), lambda name, _: rows.get(name, Table((Column("n"),), ()))
    )
    assert table is rows["projects"]
    assert choice.best == other
    assert [guess.question for guess in choice.near] == ["capacity", "exports"]


@pytest.mark.parametrize(
    ("cell", "years", "fits"),
    [
        ("2024", (2024,), True),
        ("2019/2022", (2020,), True),
        ("198X", (1985,), True),
        ("2024", (2015,), False),
        ("no year", (2015,), True),
    ],
)
def test_an_answer_has_to_speak_of_the_year_asked(cell: str, years: tuple[int, ...], fits: bool) -> None:
    """Years stand alone, in a span or in a decade; an answer without years passes."""
    assert speaks_of(Table((Column("when"),), ((cell,),)), years) is fits


def test_an_answer_has_to_hold_the_share_asked() -> None:
    """Rows in tonnes alone do not answer what percentage."""
    tonnes, share = (Table((Column("figure"),), ((cell,),)) for cell in ("300 t", "58 percent"))
    assert not speaks_of(tonnes, (), percent=True)
    assert speaks_of(share, (), percent=True)


def test_gold_names_questions_and_parameters_that_are_there(graph: KnowledgeGraph) -> None:
    """Every answerable phrasing has a gold row, whose questions, parameters and things exist."""
    gold = _rows("gold.tsv")
    assert [row["id"] for row in gold] == sorted(
        r["id"] for r in _rows("phrasings.tsv") if r["answerable"] == "yes"
    )
    for row in gold:
        names = [] if row["questions"] == "-" else row["questions"].split(",")
        assert set(names) <= set(graph.questions), row
        known = {p.name for name in names for p in graph.questions[name].parameters}
        for part in row["parameters"].split():
            name, _, values = part.partition("=")
            assert name.rstrip("?") in known, row
            assert name.startswith("date") or set(values.split(",")) <= set(graph._names), row


@pytest.mark.parametrize("half", [1, 0], ids=["odd", "even"])
def test_figures_do_not_fall(graph: KnowledgeGraph, matcher: Matcher, half: int) -> None:
    """Of each half at least the share measured is answered right, and at most that share falsely."""
    gold = {row["id"]: row for row in _rows("gold.tsv")}
    counts: Counter[tuple[str, str]] = Counter()
    for row in _rows("phrasings.tsv"):
        if int(row["id"][1:]) % 2 == half:
            choice, _ = settle(matcher.choose(row["text"], TODAY), _ask(graph))
            right = (
                choice.best is not None and row["id"] in gold and _right(choice.best, gold[row["id"]], graph)
            )
            counts[row["answerable"], "right" if right else "answered" if choice.best else "declined"] += 1
    yes, no = (sum(n for (answerable, _), n in counts.items() if answerable == a) for a in ("yes", "no"))
    floor, ceiling = FLOORS[half]
    assert counts["yes", "right"] / yes >= floor, counts
    assert counts["no", "answered"] / no <= ceiling, counts


def test_a_question_is_matched_in_milliseconds(matcher: Matcher) -> None:
    """The median of all phrasings stays under 20 ms once the names are loaded."""
    taken = []
    for row in _rows("phrasings.tsv"):
        start = time.perf_counter()
        matcher.choose(row["text"], TODAY)
        taken.append(time.perf_counter() - start)
    assert sorted(taken)[len(taken) // 2] < 0.020


def _ask(graph: KnowledgeGraph) -> Callable[[str, Mapping[str, Value]], Table]:
    return lambda name, parameters: graph.ask(name, **parameters)


def _rows(name: str) -> list[dict[str, str]]:
    with (QUESTIONS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _right(guess: Guess, gold: Mapping[str, str], graph: KnowledgeGraph) -> bool:
    """True when the question is one of gold, with all it needs and nothing that gold does not name."""
    if guess.question not in gold["questions"].split(","):
        return False
    needed: dict[str, set[str]] = {}
    allowed: dict[str, set[str]] = {}
    for part in gold["parameters"].split():
        name, _, values = part.partition("=")
        (allowed if name.endswith("?") else needed).setdefault(name.rstrip("?"), set()).update(
            values.split(",")
        )
    defaults = {p.name: p.default for p in graph.questions[guess.question].parameters}
    missing = [
        n for n in needed if n in defaults and n not in guess.parameters and defaults[n] not in needed[n]
    ]
    return not missing and all(
        _named(value, needed.get(name, set()) | allowed.get(name, set()))
        for name, value in guess.parameters.items()
    )


def _named(value: Value, wanted: set[str]) -> bool:
    if isinstance(value, date):
        return any(value.isoformat().startswith(day) for day in wanted)
    return isinstance(value, tuple) and set(value) <= wanted
