"""Figures: what each print means, how far it reaches in a comparison, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reegraph.curation.corpus import Corpus
from reegraph.curation.figure import REMEDY, Bounds, Figure, half_digit, parse

WORDS = {
    "most": Bounds(Decimal(50), None, ">"),
    "all": Bounds(Decimal(100), Decimal(100), "="),
    "none": Bounds(Decimal(0), Decimal(0), "="),
    "rising": Bounds(),
}
INFINITE = Decimal("Infinity")


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("69.2", Figure("69.2", "=", Decimal("69.2"), Decimal("69.2"), Decimal("69.2"))),
        ("-15", Figure("-15", "=", Decimal(-15), Decimal(-15), Decimal(-15))),
        ("85..90", Figure("85..90", "..", None, Decimal(85), Decimal(90))),
        ("~85..90", Figure("~85..90", "..", None, Decimal(85), Decimal(90))),
        ("-5..-2.5", Figure("-5..-2.5", "..", None, Decimal(-5), Decimal("-2.5"))),
        (">90", Figure(">90", ">", None, Decimal(90), None)),
        (">=80", Figure(">=80", ">=", None, Decimal(80), None)),
        ("<1", Figure("<1", "<", None, None, Decimal(1))),
        ("<=65", Figure("<=65", "<=", None, None, Decimal(65))),
        ("~12", Figure("~12", "~", Decimal(12), None, None)),
        ("most", Figure("most", "word", None, Decimal(50), None)),
        ("none", Figure("none", "word", None, Decimal(0), Decimal(0))),
        ("rising", Figure("rising", "word", None, None, None)),
    ],
)
def test_parse(text: str, figure: Figure) -> None:
    """A print gives its value, and bounds only where the print or logic gives them."""
    assert parse(text, WORDS) == figure


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "value '' is not a figure."),
        ("1,000", "value '1,000' is not a figure."),
        ("70%", "value '70%' is not a figure."),
        ("1e3", "value '1e3' is not a figure."),
        (".5", "value '.5' is not a figure."),
        ("5.", "value '5.' is not a figure."),
        ("+5", "value '+5' is not a figure."),
        ("> 90", "value '> 90' is not a figure."),
        ("≥80", "value '≥80' is not a figure."),
        ("85-90", "value '85-90' is not a figure."),
        ("85..", "value '85..' is not a figure."),
        (">85..90", "value '>85..90' is not a figure."),
        ("１２", "value '１２' is not a figure."),
        ("12\n", "value '12\\n' is not a figure."),
        ("Most", "value 'Most' is not a figure."),
        ("90..85", "value '90..85' is a range that does not rise."),
        ("90..90", "value '90..90' is a range that does not rise."),
        ("plenty", "value 'plenty' is not a known word; known: all, most, none, rising."),
    ],
)
def test_parse_refuses_with_the_remedy(text: str, what: str) -> None:
    """What is no figure is refused, and the message shows how to write one."""
    with pytest.raises(ValueError) as caught:
        parse(text, WORDS)
    assert str(caught.value) == f"{what} {REMEDY}"


@pytest.mark.parametrize(
    ("text", "share", "low", "high"),
    [
        ("69.2", True, Decimal("69.15"), Decimal("69.25")),
        ("100", True, Decimal("99.5"), Decimal(100)),
        ("0", True, Decimal(0), Decimal("0.5")),
        ("85..90", True, Decimal("84.5"), Decimal("90.5")),
        (">90", True, Decimal("89.5"), Decimal(100)),
        (">=80", False, Decimal("79.5"), INFINITE),
        ("<1", True, Decimal(0), Decimal("1.5")),
        ("<=65", False, -INFINITE, Decimal("65.5")),
        ("~12", True, Decimal("11.4"), Decimal("12.6")),
        ("~1", True, Decimal("0.5"), Decimal("1.5")),
        ("~99", True, Decimal("94.05"), Decimal(100)),
        ("~920", False, Decimal(874), Decimal(966)),
        ("270000", False, Decimal(265000), Decimal(275000)),
        ("most", True, Decimal("49.5"), Decimal(100)),
        ("rising", True, Decimal(0), Decimal(100)),
        ("rising", False, -INFINITE, INFINITE),
    ],
)
def test_widened(text: str, share: bool, low: Decimal, high: Decimal) -> None:
    """Two figures are compared half the last printed digit wider, `~` by 5 %, a share within 0 and 100."""
    assert parse(text, WORDS).widened(share) == (low, high)


@pytest.mark.parametrize(
    ("number", "half"),
    [
        ("69.2", "0.05"),
        ("1.30", "0.005"),
        ("0", "0.5"),
        ("7", "0.5"),
        ("90", "0.5"),
        ("100", "0.5"),
        ("110", "5"),
        ("-270000", "5000"),
        ("270001", "0.5"),
        ("400000000", "50000000"),
    ],
)
def test_half_digit(number: str, half: str) -> None:
    """Trailing zeros of a whole number over a hundred count as not printed."""
    assert half_digit(Decimal(number)) == Decimal(half)


def test_none_is_none() -> None:
    """Only the word that is bounded by nought says that there is nothing; the digit 0 is a figure."""
    assert parse("none", WORDS).is_none
    assert not parse("0", WORDS).is_none
    assert not parse("rising", WORDS).is_none


_numbers = st.decimals(-(10**7), 10**7, places=2).map(lambda d: f"{d.normalize():f}")


@st.composite
def _figures(draw: st.DrawFn) -> str:
    if draw(st.booleans()):
        return draw(st.sampled_from(["", "~", ">", ">=", "<", "<="])) + draw(_numbers)
    low, high = sorted((Decimal(draw(_numbers)), Decimal(draw(_numbers))))
    return f"{low}..{high}" if low < high else f"{low}"


@given(_figures())
def test_a_figure_is_read_from_its_own_print(text: str) -> None:
    """The print kept with a figure gives the same figure again."""
    figure = parse(text, WORDS)
    assert figure.printed == text
    assert parse(figure.printed, WORDS) == figure


@given(_figures(), st.booleans())
def test_the_interval_holds_what_is_printed(text: str, share: bool) -> None:
    """No figure is outside its own interval, not even a change of price over 100 % or under 0."""
    figure = parse(text, WORDS)
    low, high = figure.widened(share)
    printed = [n for n in (figure.value, figure.lower, figure.upper) if n is not None]
    assert printed
    assert all(low <= n <= high for n in printed)


def test_intervals_of_the_data(corpus: Corpus) -> None:
    """Every figure of the data lies in the interval by which it is compared."""
    figures = [c for c in corpus.claims if c.figure is not None and not c.is_remark]
    assert figures
    for claim in figures:
        assert claim.figure is not None
        low, high = claim.figure.widened(corpus.vocabulary.properties[claim.property].is_share)
        for number in (claim.figure.value, claim.figure.lower, claim.figure.upper):
            assert number is None or low <= number <= high, claim.place
