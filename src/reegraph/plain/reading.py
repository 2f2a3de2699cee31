"""How a plain sentence is read, English or Chinese: its tokens and the times it speaks of.

A token is a stemmed word or number, or one Chinese character in its traditional form. Chinese has no
spaces, so names and keywords are found as the longest runs of tokens, and loose wording by its pairs of
characters.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from string import ascii_lowercase
from typing import Final

CJK: Final = "\u3400-\u4dbf\u4e00-\u9fff"
Run = tuple[str, ...]  # a name or keyword as tokens

# Simplified characters of everyday questions, each before its traditional form; names of things teach more.
_SIMPLIFIED: Final = (
    "谁誰么麼吗嗎几幾个個为為说說这這买買卖賣钱錢价價涨漲总總种種进進欧歐离離厂廠产產国國与與对對开開关關"
    "时時间間发發后後还還没沒会會从從来來给給过過现現经經业業点點电電车車机機样樣让讓将將应應该該认認识識"
    "论論谈談协協议議签簽约約计計划劃项項规規则則条條单單双雙层層显顯响響赖賴险險储儲备備库庫资資贷貸东東"
    "额額亿億万萬吨噸岁歲热熱门門问問题題错錯误誤笔筆书書报報导導体體铁鐵军軍舰艦战戰飞飛弹彈炮砲击擊压壓"
    "强強变變动動历歷终終续續线線减減缓緩扩擴废廢环環节節药藥医醫学學长長张張华華务務劳勞员員联聯组組织織"
    "团團队隊领領执執权權亏虧赚賺负負责責质質释釋细細输輸运運边邊达達迁遷选選适適邻鄰际際陆陸陈陳难難随隨"
    "隐隱韩韓顺順须須预預频頻颗顆风風馆館驱驅验驗鱼魚鸟鳥丰豐举舉仅僅众眾优優传傳伤傷伦倫伪偽债債倾傾偿償"
    "儿兒兰蘭兴興养養兽獸内內写寫农農冲衝决決况況净淨准準凉涼凭憑岛島币幣帮幫干幹广廣异異弃棄归歸当當录錄"
    "彻徹征徵怀懷态態恶惡惊驚愿願户戶扰擾护護担擔拥擁择擇挂掛据據损損换換摄攝数數断斷旧舊晋晉术術杀殺杂雜"
    "极極构構标標树樹桥橋检檢楼樓欢歡毁毀气氣汇匯汉漢沟溝泽澤洁潔测測济濟浅淺湾灣满滿滞滯灭滅灵靈灾災炼煉"
    "烂爛争爭爱愛状狀独獨畅暢疗療监監盖蓋盘盤矿礦码碼确確础礎积積称稱稳穩穷窮紧緊红紅级級纪紀纯純纳納纷紛"
    "纸紙练練绍紹络絡绝絕统統继繼维維综綜绿綠编編网網罗羅罚罰罢罷职職脑腦脱脫艺藝苏蘇获獲虑慮虽雖补補装裝"
    "观觀览覽觉覺订訂训訓记記讲講许許设設访訪证證评評词詞试試诉訴详詳语語请請读讀调調谓謂谢謝贡貢财財败敗"
    "货貨贵貴贸貿费費贺賀趋趨践踐转轉轮輪软軟轻輕较較辑輯辞辭违違连連迟遲递遞遗遺邮郵郑鄭酿釀针針钢鋼钟鐘"
    "银銀销銷锁鎖锂鋰钴鈷镍鎳锰錳钒釩铜銅铝鋁锌鋅锡錫铅鉛铂鉑阳陽阶階阴陰雾霧静靜韦韋页頁顶頂顾顧饮飲馈饋"
    "驶駛骗騙龙龍龄齡"
)
_VARIANTS: Final = str.maketrans({"臺": "台", "佔": "占", "着": "著", "裏": "裡", "爲": "為"})
_PIECE: Final = re.compile(rf"[a-z0-9]+(?:[.,]\d+)*(?:'[a-z]+)?|[{CJK}]|%")
_NUMERAL: Final = re.compile(r"([二三四五六七八九]?十[一二三四五六七八九]?)|([一二三四五六七八九])(?=月)")
_DIGITS: Final = {c: n for n, c in enumerate("零一二三四五六七八九")}
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH: Final = "|".join(m if m == "may" else f"{m}|{m[:3]}" for m in _MONTHS)
_DATES: Final = tuple(
    re.compile(p)
    for p in (
        r"(?P<y>(?:19|20)\d\d)\s*(?:年|-|/)\s*(?P<m>\d{1,2})\s*(?:月|-|/)\s*(?P<d>\d{1,2})\s*[日號]?(?!\d)",
        r"(?P<y>(?:19|20)\d\d)\s*年\s*(?P<m>\d{1,2})\s*月",
        r"(?P<y>(?:19|20)\d\d)-(?P<m>0[1-9]|1[0-2])(?!\d)",
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<n>{_MONTH})\.?,? (?P<y>(?:19|20)\d\d)\b",
        rf"\b(?P<n>{_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y>(?:19|20)\d\d)\b",
        rf"\b(?P<n>{_MONTH})\.?,? (?:of )?(?P<y>(?:19|20)\d\d)\b",
        r"(?<![\d.,$])(?P<y>(?:19|20)\d\d)(?![\d,.]\d|\d|年代|s\b)年?",
    )
)
# A country as one character: 對中 is 對中國, 美中 is 美國中國.
_COUNTRY: Final = dict(
    zip("中美日韓歐澳台印", ("中國", "美國", "日本", "韓國", "歐盟", "澳洲", "台灣", "印度"), strict=True)
)
_SHORT: Final = re.compile(
    r"(?<=[對輸銷])[中美日韓歐澳台印](?![國本洲灣盟度])|(?:美[中日澳台韓歐]|[中日台韓]美)(?![國洲央])"
)
_SINCE: Final = re.compile(r"\b(?:since|after|before|prior to|until|from)(?: the)? $|自從?$")
_SINCE_ZH: Final = re.compile(r"[之以]?[前後來]|以來|至今|起")
_TODAY: Final = re.compile(r"\b(?:today|right now|currently|at present)\b|今天|今日|現在|目前|如今")


@dataclass(frozen=True)
class Token:
    """One token and where it stands in the folded text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class When:
    """A time that is mentioned: its last and first day, and where it stands; `open` after since or before."""

    day: date
    first: date
    start: int
    end: int
    open: bool = False


@dataclass(frozen=True)
class Text:
    """A plain sentence as it is read."""

    folded: str
    tokens: tuple[Token, ...]
    whens: tuple[When, ...]
    now: bool
    proper: frozenset[str]  # its words with a capital

    @property
    def run(self) -> Run:
        """The tokens alone."""
        return tuple(t.text for t in self.tokens)


@dataclass(frozen=True)
class Script:
    """How characters are folded: simplified to traditional, as the names themselves pair them."""

    table: Mapping[int, str]

    def fold(self, text: str) -> str:
        """The text in lower case and traditional characters, numerals of months and tens as digits.

        >>> Script.learnt([]).fold("谁在十月买ＥＵ的F-35")
        '誰在10月買eu的f35'
        """
        # "US" is a country and "us" is not: only capitals tell.
        plain = re.sub(
            r"\b(?:US|U\.S\.(?:A\.)?)(?![A-Za-z])", " america ", unicodedata.normalize("NFKC", text)
        )
        plain = plain.casefold().translate(self.table).translate(_VARIANTS).replace("’", "'")
        plain = _SHORT.sub(lambda m: "".join(_COUNTRY[c] for c in m[0]), plain)
        plain = re.sub(r"(?<=[a-z])-(?=\d)", "", plain)
        plain = re.sub(r"(?<=\d)(?=(?:nm|kg|kt)\b)", " ", plain)
        return _NUMERAL.sub(lambda m: str(_numeral(m[0])), plain)

    def read(self, text: str) -> Text:
        """The tokens and times of a text."""
        folded = self.fold(text)
        tokens = tuple(Token(stem(m[0]), *m.span()) for m in _PIECE.finditer(folded))
        proper = frozenset(stem(w.casefold()) for w in re.findall(r"(?<!^)\b[A-Z][A-Za-z']+", text.strip()))
        return Text(folded, tokens, tuple(_whens(folded)), bool(_TODAY.search(folded)), proper)

    def run(self, name: str) -> Run:
        """A name as tokens."""
        return tuple(stem(m[0]) for m in _PIECE.finditer(self.fold(name)))

    @classmethod
    def learnt(cls, names: Iterable[Iterable[str]]) -> Script:
        """The script of these names (all names of one thing together) and of everyday words."""
        table = {ord(s): full for s, full in zip(_SIMPLIFIED[::2], _SIMPLIFIED[1::2], strict=True)}
        votes = Counter(pair for group in names for pair in _pairs(list(group)))
        for (simple, full), _ in sorted(votes.items(), key=lambda item: item[1]):
            table.setdefault(ord(simple), full)
        return cls(table)


def stem(word: str) -> str:
    """An English word without its ending, as far as endings tell nothing; others as they are.

    >>> [stem(w) for w in ("countries", "processes", "mines", "refined", "processing", "china's")]
    ['country', 'process', 'mine', 'refin', 'process', 'china']
    """
    word = re.sub(r"'s?$|'[a-z]+$", "", word)
    if word == "does":  # not the Department of Energy
        return "do"
    if not word.isascii() or len(word) < 4 or any(c.isdigit() for c in word):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        base = word.removesuffix(ending)
        if base != word and len(base) > 3 and any(v in base for v in "aeiouy"):
            return base[:-1] if base[-1] == base[-2] and base[-1] not in "sl" else base.removesuffix("e")
    return word.removesuffix("e") if len(word) > 5 else word


def spelt(word: str, known: Container[str]) -> str:
    """The word, or the known one a single slip away from it: a letter more, less, other or swapped.

    >>> spelt("disprosium", {"dysprosium"}), spelt("cat", {"car"})
    ('dysprosium', 'cat')
    """
    if word in known or len(word) < 5 or not word.isascii() or not word.isalpha():
        return word
    parts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    slips = [a + b[1:] for a, b in parts if b] + [a + b[1] + b[0] + b[2:] for a, b in parts if len(b) > 1]
    slips += [a + c + b[skip:] for a, b in parts for c in ascii_lowercase for skip in (0, 1)]
    return next((slip for slip in slips if slip in known), word)


def features(run: Run) -> dict[str, tuple[int, ...]]:
    """What loose wording is compared by, and where it stands: words and pairs of characters."""
    found: dict[str, list[int]] = {}
    for place, token in enumerate(run):
        if not is_cjk(token):
            found.setdefault(token, []).append(place)
        elif place + 1 < len(run) and is_cjk(run[place + 1]):
            found.setdefault(token + run[place + 1], []).extend((place, place + 1))
    return {feature: tuple(places) for feature, places in found.items()}


def is_cjk(text: str) -> bool:
    """True when a Chinese character is in the text."""
    return re.search(f"[{CJK}]", text) is not None


def _pairs(group: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Characters that two names of one thing write differently, simplified first."""
    for one in group:
        for other in group:
            if len(one) != len(other) or one == other:
                continue
            differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
            if (len(one) == 1 or len(differing) * 4 <= len(one) * 3) and all(
                _simplified(a) and not _simplified(b) for a, b in differing
            ):
                yield from differing


def _simplified(character: str) -> bool:
    """True of a Chinese character that Big5 has not: those are the simplified ones."""
    try:
        character.encode("big5")
    except UnicodeEncodeError:
        return is_cjk(character)
    return False


def _numeral(text: str) -> int:
    tens, ten, ones = text.partition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else _DIGITS[tens]) + _DIGITS.get(ones, 0)


def _whens(folded: str) -> Iterator[When]:
    taken: list[tuple[int, int]] = []
    for pattern in _DATES:
        for match in pattern.finditer(folded):
            start, end = match.span()
            if any(s < end and start < e for s, e in taken):
                continue
            if when := _when(match):
                taken.append((start, end))
                yield when


def _is_open(match: re.Match[str]) -> bool:
    return bool(_SINCE.search(match.string[: match.start()]) or _SINCE_ZH.match(match.string[match.end() :]))


def _when(match: re.Match[str]) -> When | None:
    """The time of a match; a month or year stands for its last day."""
    parts = match.groupdict()
    year = int(parts["y"])
    if name := parts.get("n"):
        month: int | None = next(i for i, m in enumerate(_MONTHS, 1) if m.startswith(name))
    else:
        month = int(parts["m"]) if parts.get("m") else None
    try:
        if month is None:
            return When(date(year, 12, 31), date(year, 1, 1), *match.span(), _is_open(match))
        if not parts.get("d"):
            last = date(year, month, monthrange(year, month)[1])
            return When(last, last.replace(day=1), *match.span(), _is_open(match))
        day = date(year, month, int(parts["d"]))
        return When(day, day, *match.span(), _is_open(match))
    except (ValueError, IndexError):
        return None
