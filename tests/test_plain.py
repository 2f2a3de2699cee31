"""Plain questions: how they are read, which named question they choose, and how often that is right.

The figures are on tests/questions/*.tsv (written by people who saw neither the questions nor the matcher)
against *.gold.tsv: questions any of which is right, with `name=value` for what a parameter has to hold and
`name?=value` for what it may hold, either with `question.` before it where it is of one question alone.
The weights were chosen on phrasings.tsv and on those of heldout.tsv with odd numbers; the even ones were
looked at by nobody who worked on the matcher, and are not to be. None is among the matcher's own examples.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

import reegraph
from reegraph.errors import CurationError
from reegraph.graph import KnowledgeGraph
from reegraph.plain.choice import Choice, Guess, settle, speaks_of
from reegraph.plain.files import read_matcher, read_phrasings, read_slots
from reegraph.plain.matcher import Matcher, all_about_one, is_plain
from reegraph.plain.mentions import Gazetteer, Mention
from reegraph.plain.phrasings import NOTHING, Phrasings
from reegraph.plain.reading import fold, read, run_of
from reegraph.plain.sayings import Saying, Sayings
from reegraph.plain.slots import Value
from reegraph.table import Column, Table, Thing

TODAY = date(2026, 11, 22)
QUESTIONS = Path(__file__).parent / "questions"
# Measured, give or take 1 %: of what has an answer right, and wrong; of what has none, answered.
RIGHT, WRONG, FALSE = 0.802, 0.093, 0.058


@pytest.fixture(scope="module")
def graph() -> Iterator[KnowledgeGraph]:
    """The real graph."""
    with reegraph.connect() as found:
        yield found


@pytest.fixture(scope="module")
def matcher(graph: KnowledgeGraph) -> Matcher:
    """The matcher of the real questions, names and claims."""
    return read_matcher(graph.store, graph.root, graph._names)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("china-share", False), ("who funds MP", True), ("哪些重稀土加工依賴中國？", True), ("exports", False)],
)
def test_plain_questions_hold_a_space_or_a_chinese_character(text: str, plain: bool) -> None:
    """An argument with a space or a Chinese character is a plain question, any other a name."""
    assert is_plain(text) is plain


def test_simplified_characters_are_folded_one_by_one() -> None:
    """Simplified characters and variants become the traditional ones, those of elements too."""
    assert fold("谁买镝") == "誰買鏑"
    assert fold("臺灣占比与佔比") == "台灣占比與占比"


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
    assert [when.day for when in read(text).whens] == [day]


def test_numbers_that_are_no_years_are_no_times() -> None:
    """A decade, an amount and an impossible day are not taken for a time."""
    assert not read("since the 1980s, 1,990 t, 2025年13月1日 1980年代").whens[1:]


def test_longest_names_win_and_what_is_left_out_is_marked() -> None:
    """A firm named after a country is one mention, and the country after 除了 is left out."""
    names = {"country:CN": ["中國", "China"], "firm:crg": ["中國稀土集團"], "country:US": ["美國"]}
    gazetteer = Gazetteer.of(names)
    found = gazetteer.find(read("除了中國，美國跟中國稀土集團"))
    assert [(m.ids[0], m.left_out) for m in found] == [
        ("country:CN", True),
        ("country:US", False),
        ("firm:crg", False),
    ]


def test_us_the_country_is_told_by_its_capitals() -> None:
    """ "US" is the United States and "us" is nobody."""
    gazetteer = Gazetteer.of({"country:US": ["United States", "America"]})
    assert [len(gazetteer.find(read(t))) for t in ("what the US imports", "tell us more")] == [1, 0]


def test_a_country_as_one_character_is_spelt_out() -> None:
    """對中 and 美中 name countries; 對中國 is left as it is."""
    assert [fold(t) for t in ("對中依賴", "美中談判", "對中國")] == [
        "對中國依賴",
        "美國中國談判",
        "對中國",
    ]


def test_whom_others_lean_on_is_marked_through_a_list() -> None:
    """Of Japan's imports from China and Malaysia both are upstream and Japan is not."""
    names = {"country:CN": ["China"], "country:JP": ["Japan"], "country:MY": ["Malaysia"]}
    found = Gazetteer.of(names).find(read("imports of Japan from China and Malaysia"))
    assert [(m.ids[0], m.upstream) for m in found] == [
        ("country:JP", False),
        ("country:CN", True),
        ("country:MY", True),
    ]


def test_the_nearest_examples_choose_the_question() -> None:
    """The shares of all questions add up to 1, that of the question with the words is the largest."""
    examples = [("price", {"cost": 1.0, "of": 1.0}), ("uses", {"used": 1.0, "of": 1.0})]
    found = Phrasings.of(examples).likeness({"used": 1.0, "for": 1.0})
    assert sum(found.values()) == pytest.approx(1)
    assert found["uses"] > 0.9


def test_a_claim_is_found_by_what_it_says_and_is_about() -> None:
    """Of two claims on one person the one that holds the text's words comes first."""
    told = [
        Saying("claim:a-1", ("person:xu",), ("Xu is called the father of rare earths.",)),
        Saying("claim:a-2", ("person:xu",), ("Xu developed separation technology.",)),
    ]
    hits = Sayings.of(told).find(run_of("who is called the father of rare earths"), [])
    assert hits[0].saying.id == "claim:a-1"
    assert 0.8 < hits[0].share < 0.9


@pytest.mark.parametrize(
    ("text", "question", "parameters"),
    [
        ("巴西的稀土儲量有多少", "reserves", {"place": ("country:BR",)}),
        ("巴西的稀土储量有多少", "reserves", {"place": ("country:BR",)}),
        ("rare earth reserves of Brazil", "reserves", {"place": ("country:BR",)}),
        ("鏑用在哪裡", "uses-of", {"good": ("element:Dy",)}),
        ("what is disprosium used for", "uses-of", {"good": ("element:Dy",)}),
        ("who funds magnet plants in Texas", "investments", {"recipient": ("facility:mp-fort-worth",)}),
        ("who funds the plants in Texas", "investments",
         {"recipient": ("facility:lynas-texas", "facility:mp-fort-worth")}),
        ("哪些重稀土加工依賴中國？", "heavy-ree-dependence", {"on": ("country:CN",)}),
        ("what does the Pentagon pay Lynas", "investments",
         {"investor": ("org:us-dod",), "recipient": ("firm:lynas",)}),
        ("what came out of the talks in Geneva", "negotiations",
         {"negotiation": ("negotiation:us-cn-geneva-2025",)}),
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
        ("who are the members of the MSP", "agreement-members",
         {"agreement": ("agreement:msp",)}),
        ("美國專利有幾件", "figures", {"place": ("country:US",), "property": ("ree:patentCount",)}),
        ("outlook for Japan in 2030", "forecasts", {"place": ("country:JP",), "year": Decimal(2030)}),
        ("美國進口中，中國、馬來西亞、日本各占幾成", "import-dependence",
         {"dependent": ("country:US",), "on": ("country:CN", "country:MY", "country:JP")}),
        ("老美的稀土有幾成靠對岸", "import-dependence",
         {"dependent": ("country:US",), "on": ("country:CN",)}),
        ("My boss wants a short note, please: rare earth reserves of Brazil", "reserves",
         {"place": ("country:BR",)}),
        ("What about Mountain Pass nowadays, I wonder", "claims-about",
         {"thing": ("facility:mountain-pass",)}),
        ("which persons are named by only one author", "named-once", {"kind": ("ree:Person",)}),
        ("中經院把哪些元素印錯了", "corrected-readings", {"source": ("source:chen-cc-2025",)}),
        ("which Korean industries suffer", "sector-exposure", {"place": ("country:KR",)}),
        ("哪些國家的產業受創", "sector-exposure", {}),
        ("what goals does CRMA set", "targets", {"policy": ("policy:eu-crma",)}),
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
    assert "do not know" in choice.why()
    assert "Try " in choice.advice()
    assert "可" in choice.advice("zh-Hant")


def test_a_choice_says_how_sure_it_is_and_offers_others(matcher: Matcher) -> None:
    """The sentence names the question and how sure it is, in both languages; the near ones are others."""
    choice = matcher.choose("rare earth reserves of Brazil", TODAY)
    assert choice.best
    for lang in ("en", "zh-Hant"):
        assert f"{choice.best.question}" in choice.why(lang)
        assert f"{choice.best.sure:.0%}" in choice.why(lang)
    assert choice.near
    assert choice.best.question not in {guess.question for guess in choice.near}


def test_of_one_narrow_thing_all_is_told_where_nothing_else_is_sure() -> None:
    """A mine that is named is told about; a country, a thing only guessed, or too much doubt is not."""
    other, mine = Guess("exports", {}, 0.2), Guess("claims-about", {"thing": ("facility:a",)}, 0.1)
    named = [Mention(("facility:a",), 0, 1)]
    assert all_about_one([other, mine], named, 0.3) == [replace(mine, sure=0.3), other]
    assert all_about_one([other, mine], named, 0.1) == [other, mine]
    assert all_about_one([other, mine], [], 0.3) == [other, mine]
    wide = Guess("claims-about", {"thing": ("country:JP",)}, 0.1)
    assert all_about_one([other, wide], [Mention(("country:JP",), 0, 1)], 0.3) == [other, wide]


def test_a_word_that_nothing_knows_is_named(matcher: Matcher) -> None:
    """Kvanefjeld is in no name, example or claim, which declines the question and is told."""
    choice = matcher.choose("production of the Kvanefjeld mine", TODAY)
    assert (choice.best, choice.unknown) == (None, ("kvanefjeld",))
    assert "kvanefjeld" in choice.why()


def test_an_answer_without_rows_is_a_decline(graph: KnowledgeGraph, matcher: Matcher) -> None:
    """The graph holds no reserves of Vietnam, and says so, naming the question it asked."""
    choice, table = settle(matcher.choose("Vietnam rare earth reserves", TODAY), _ask(graph))
    assert (choice.best, table, choice.nothing) == (None, None, "reserves")
    assert "No row of this question tells that (asked as reserves)" in choice.why()


def test_where_there_are_no_rows_it_is_asked_wider_and_then_generally() -> None:
    """First the wider parameters are tried, then all about the same narrow thing, less sure; nothing else."""
    wider = {"facility": ("facility:a", "facility:b")}
    best = Guess("capacity", {"facility": ("facility:a",)}, 0.8, wider=(wider,))
    other = Guess("projects", {"who": ("facility:a",)}, 0.2)
    general = Guess("claims-about", {"thing": ("facility:a",)}, 0.1)
    asked: list[tuple[str, object]] = []

    def ask(name: str, values: Mapping[str, Value]) -> Table:
        asked.append((name, dict(values)))
        return Table((Column("n"),), (("x",),) if name == "claims-about" else ())

    choice, table = settle(Choice("", best, (other, general)), ask)
    assert asked == [("capacity", best.parameters), ("capacity", wider), ("claims-about", general.parameters)]
    assert table
    assert choice.best == Guess("claims-about", {"thing": ("facility:a",)}, 0.4)


def test_where_the_rows_lack_the_measure_a_question_nearly_as_sure_is_asked() -> None:
    """Rows without tonnes do not answer how many; one nearly as sure does, one far less is not asked."""
    close, far = Guess("capacity", {}, 0.7), Guess("production", {}, 0.3)
    cells = {"projects": "2028", "capacity": "300 t", "production": "300 t"}

    def ask(name: str, values: Mapping[str, Value]) -> Table:
        return Table((Column("figure"),), ((cells[name],),))

    best = Guess("projects", {}, 0.8)
    choice, _ = settle(Choice("how many tonnes", best, (close, far)), ask)
    assert (choice.best, choice.near) == (close, (best, far))
    assert settle(Choice("how many tonnes", best, (far,)), ask)[0].best is None


def test_the_same_things_are_asked_of_a_less_sure_question_where_no_row_is_found() -> None:
    """Nothing on exports leads to imports of the same country, as little sure as they are; not to others."""
    best, less = (
        Guess("exports", {"who": ("country:JP",)}, 0.87),
        Guess("imports", {"by": ("country:JP",)}, 0.13),
    )
    other = Guess("prices", {"by": ("country:KR",)}, 0.2)

    def ask(name: str, values: Mapping[str, Value]) -> Table:
        return Table((Column("n"),), () if name == "exports" else (("x",),))

    assert settle(Choice("", best, (other, less)), ask)[0].best == less
    assert settle(Choice("", best, (other,)), ask)[0].best is None


@pytest.mark.parametrize(
    ("text", "unused"),
    [
        (
            "Which heavy rare earth processing depends on China as of November 2025?",
            "; not used: November 2025.",
        ),
        ("Where do sources disagree about China's share of refining?", "; not used: China, refining."),
        ("Which magnet plants are planned in the United States?", "; not used: magnet, United States."),
        ("rare earth reserves of Brazil", "sure."),
        ("哪些重稀土加工依賴中國？", "sure."),
    ],
)
def test_what_a_question_is_asked_without_is_said(graph: KnowledgeGraph, text: str, unused: str) -> None:
    """Names and times that the chosen question cannot hold are told, and make the choice less sure."""
    choice, _ = graph.ask_plain(text, today=TODAY)
    assert choice.best
    assert choice.why().endswith(unused)
    sure = next(g.sure for g in [graph._matcher.choose(text, TODAY).best] if g)
    assert choice.best.sure == pytest.approx(sure * 0.8 ** len(choice.best.unused), abs=0.01)


@pytest.mark.parametrize(
    "text",
    ["How much cobalt does China produce?", "中國生產多少鎵？", "How much germanium does China produce?"],
)
def test_another_metal_that_no_row_speaks_of_is_declined(graph: KnowledgeGraph, text: str) -> None:
    """Rows on rare earths do not answer for other metals."""
    choice, table = graph.ask_plain(text, today=TODAY)
    assert (choice.best, table, choice.nothing) == (None, None, "production")


@pytest.mark.parametrize(
    ("text", "scenarios"),
    [
        ("What happens if Myanmar stops exporting ore?", ("myanmar-feed-stops",)),
        ("緬甸停止供應會怎樣？", ("myanmar-feed-stops",)),
        ("What if China stops separating heavy rare earths?", ("cn-stops-heavy-separation",)),
        ("rare earth reserves of Brazil", ()),
        ("How much does Myanmar produce?", ()),
    ],
)
def test_a_scenario_on_what_is_asked_is_named(
    graph: KnowledgeGraph, text: str, scenarios: tuple[str, ...]
) -> None:
    """What-if questions on the things of a shipped scenario are told its name."""
    assert graph.ask_plain(text, today=TODAY)[0].scenarios == scenarios


def test_who_is_let_go_has_to_stand_in_the_row_where_any_row_names_it() -> None:
    """Asked of China, a row on Taiwan with the year does not answer where other rows are on China."""
    best = Guess("exports", {"who": ("country:CN",)}, 0.8, wider=({},))
    rows = ((Thing("country:TW", "Taiwan"), "9 t 2024"), (Thing("country:CN", "China"), "7 t 2010"))

    def ask(name: str, values: Mapping[str, Value]) -> Table:
        return Table((Column("who", "thing"), Column("figure")), () if values else rows)

    tried = [settle(Choice("in tonnes", best, (), years=(year,)), ask)[0].best for year in (2024, 2010)]
    assert [guess is not None for guess in tried] == [False, True]


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
    assert speaks_of(Table((Column("when"),), ((cell,),)), "", years) is fits


def test_an_answer_has_to_hold_the_measure_asked() -> None:
    """Rows in tonnes alone do not answer what percentage, nor rows in percent how many tonnes."""
    tonnes, share = (Table((Column("figure"),), ((cell,),)) for cell in ("300 t", "58 percent"))
    assert [speaks_of(t, "what percentage is imported") for t in (tonnes, share)] == [False, True]
    assert [speaks_of(t, "一年幾噸") for t in (tonnes, share)] == [True, False]


def test_measure_year_and_thing_have_to_stand_in_one_row() -> None:
    """A row on China and another of 2035 do not tell of China in 2035."""
    columns = (Column("who", "thing"), Column("when"))
    apart = ((Thing("country:CN", "China"), "2030"), (Thing("region:world", "world"), "2035"))
    assert not speaks_of(Table(columns, apart), "", (2035,), ("country:CN",))
    assert speaks_of(Table(columns, apart), "", (2030,), ("country:CN",))


def test_each_question_has_examples_in_both_languages_and_all_its_slots(graph: KnowledgeGraph) -> None:
    """queries/phrasings.tsv has ten or more examples of each question, queries/slots.tsv each parameter."""
    own = [(label.partition(":")[0], text) for label, text in read_phrasings(graph.root)]
    counts = Counter((name, text.isascii()) for name, text in own)
    assert all(counts[name, ascii] >= 10 for name in (*graph.questions, NOTHING) for ascii in (True, False))
    parameters = {(q.name, p.name) for q in graph.questions.values() for p in q.parameters}
    assert parameters - {(s.question, s.parameter) for s in read_slots(graph.root)} == {
        ("claims-about", "source")
    }


def test_phrasings_and_slots_of_no_question_are_errors(tmp_path: Path, graph: KnowledgeGraph) -> None:
    """A row for a question, parameter or role that is not there stops, with its line."""
    queries = tmp_path / "queries"
    queries.mkdir()
    (queries / "reserves.rq").write_text((graph.root / "queries" / "reserves.rq").read_text("utf-8"), "utf-8")
    (queries / "phrasings.tsv").write_text("question\ttext\nreserve\thow much\n", "utf-8")
    header = "question\tparameter\tkinds\trole\n"
    (queries / "slots.tsv").write_text(f"{header}reserves\tplaces\tcountry\tboss\n", "utf-8")
    with pytest.raises(CurationError, match=r"queries/phrasings.tsv:2"):
        read_phrasings(tmp_path)
    with pytest.raises(CurationError, match=r"(?s)no parameter 'places'.*role 'boss'"):
        read_slots(tmp_path)


def test_no_phrasing_measured_is_an_example(graph: KnowledgeGraph) -> None:
    """What is measured on is not what is learnt from."""
    assert not {row["text"] for row in _rows("phrasings.tsv")} & {
        text for _, text in read_phrasings(graph.root)
    }


@pytest.mark.parametrize("name", ["phrasings", "heldout"])
def test_gold_names_questions_and_parameters_that_are_there(graph: KnowledgeGraph, name: str) -> None:
    """Every answerable phrasing has a gold row, whose questions, parameters and things exist."""
    gold = _rows(f"{name}.gold.tsv")
    assert [row["id"] for row in gold] == sorted(
        r["id"] for r in _rows(f"{name}.tsv") if r["answerable"] == "yes"
    )
    for row in gold:
        names = [] if row["questions"] == "-" else row["questions"].split(",")
        assert set(names) <= set(graph.questions), row
        known = {p.name for name in names for p in graph.questions[name].parameters}
        for part in row["parameters"].split():
            name, _, values = part.partition("=")
            of, _, name = name.rstrip("?").rpartition(".")
            assert of in {"", *names}, row
            assert name in known, row
            assert name in {"date", "year"} or set(values.split(",")) <= set(graph._names), row


@pytest.mark.parametrize(
    ("name", "step", "right", "wrong", "false"),
    [("phrasings", 1, RIGHT, WRONG, FALSE), ("heldout", 2, 0.63, 0.18, 0.04)],
    ids=["of development", "held out"],
)
def test_figures_do_not_fall(
    graph: KnowledgeGraph, matcher: Matcher, name: str, step: int, right: float, wrong: float, false: float
) -> None:
    """At least the share measured is answered right, and at most those shares wrongly and falsely."""
    gold = {row["id"]: row for row in _rows(f"{name}.gold.tsv")}
    counts: Counter[tuple[str, str]] = Counter()
    for row in _rows(f"{name}.tsv"):
        if int(row["id"][1:]) % step == 0:
            best = settle(matcher.choose(row["text"], TODAY), _ask(graph))[0].best
            fits = best is not None and row["id"] in gold and _right(best, gold[row["id"]], graph)
            counts[row["answerable"], "right" if fits else "answered" if best else "declined"] += 1
    yes, no = (sum(n for (answerable, _), n in counts.items() if answerable == a) for a in ("yes", "no"))
    assert counts["yes", "right"] / yes >= right, counts
    assert counts["yes", "answered"] / yes <= wrong, counts
    assert counts["no", "answered"] / no <= false, counts


def test_a_question_is_matched_in_milliseconds(matcher: Matcher) -> None:
    """The median of all phrasings stays under 20 ms of work once the names are loaded."""
    taken = []
    for row in _rows("phrasings.tsv"):
        start = time.process_time()
        matcher.choose(row["text"], TODAY)
        taken.append(time.process_time() - start)
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
        of, _, own = name.rstrip("?").rpartition(".")
        if of in {"", guess.question}:
            (allowed if name.endswith("?") else needed).setdefault(own, set()).update(values.split(","))
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
    return set(value if isinstance(value, tuple) else (str(value),)) <= wanted
