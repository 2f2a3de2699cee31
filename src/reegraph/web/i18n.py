"""The words of the pages in English and Traditional Chinese."""

from __future__ import annotations

import re
from typing import Final

from reegraph.table import Lang

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "site": ("reegraph, the rare-earth knowledge graph", "reegraph 稀土知識圖譜"),
    "skip": ("Skip to content", "跳至主要內容"),
    "home": ("Home", "首頁"),
    "questions": ("Questions", "問題"),
    "controls": ("Control clock", "管制時鐘"),
    "elements": ("Elements", "元素矩陣"),
    "disagreements": ("Disagreements", "來源分歧"),
    "sources": ("Sources", "來源"),
    "ontology": ("Ontology", "本體"),
    "sparql": ("SPARQL", "SPARQL"),
    "search": ("Search", "搜尋"),
    "search_for": ("Search things, claims, questions", "搜尋事物、主張、問題"),
    "search_hint": (
        "name, symbol, 中文 or id; press / to come here",
        "名稱、符號、英文或代號；按 / 可移至此處",
    ),
    "other_lang": ("中文", "English"),
    "main_nav": ("Main", "主選單"),
    "data": ("This page as data", "本頁資料"),
    "version": ("data version", "資料版本"),
    "footer": (
        "Every figure stands on its source's word; nothing is averaged. No claim means unknown, not none.",
        "每個數字都有來源；不取平均。沒有主張表示未知，而非沒有。",
    ),
    "derived": ("derived", "推得"),
    "see_query": ("See the query", "檢視查詢"),
    "run_query": ("Run it", "執行"),
    "query_text": ("Query", "查詢"),
    "table_of": ("Rows of: {}", "資料列：{}"),
    "rows": ("{} rows", "{} 列"),
    "colon": (": ", "："),
    "nothing": (
        "The graph has nothing on this: it is unknown, not none. Widen a parameter, or see where the evidence is blind.",
        "圖譜沒有這方面的資料：這是未知，而非沒有。可放寬參數，或查看證據缺口。",
    ),
    "gaps": ("Where the evidence is blind", "證據缺口"),
    "all_rows": ("All rows", "全部資料列"),
    "page_of": ("Page {} of {}", "第 {} 頁，共 {} 頁"),
    "previous": ("Previous", "上一頁"),
    "next": ("Next", "下一頁"),
    "paging": ("Pages", "分頁"),
    "yes": ("yes", "是"),
    "no": ("no", "否"),
    # home
    "flagship": (
        "How much of the world's rare-earth refining and processing does China hold?",
        "中國占全球稀土精煉與加工多少？",
    ),
    "flagship_range": (
        "China holds {range} of the world's rare-earth refining and processing ({years}): {sources} sources say {printed}.",
        "中國占全球稀土精煉與加工的{range}（{years}）：{sources} 個來源分別稱 {printed}。",
    ),
    "at_least": ("more than {}%", "逾 {}%"),
    "flagship_axis": ("Share of the world's refining and processing", "占全球精煉與加工的比率"),
    "flagship_caveat": (
        "Each mark is one source; there is no average. A share of the world does not by itself say how much any one buyer depends on it: that is derived, with its proof, below.",
        "每個標記是一個來源，不取平均。全球占比本身不等於某一買方的依賴程度；後者另行推論並附證明，見下。",
    ),
    "who_depends": ("Who depends on China for heavy rare earths", "哪些重稀土環節依賴中國"),
    "stated_by": (
        "For heavy rare earths, and for ores, oxides and metals. What is said of all rare earths together stands in the full answer.",
        "就重稀土以及礦、氧化物、金屬而言；對全體稀土的說法見完整答案。",
    ),
    "by_theme": ("Questions by theme", "依主題提問"),
    "disagree_now": ("Where the sources disagree", "來源分歧之處"),
    "clock_now": ("Export controls today", "今日的出口管制"),
    "coming": ("What is coming", "即將變動"),
    "clock_line": (
        "{in_force} bindings in force, {suspended} suspended, {uncertain} uncertain on {date}.",
        "{date}：{in_force} 項有效，{suspended} 項暫停，{uncertain} 項不確定。",
    ),
    "counts": (
        "{claims} claims of {sources} sources about {things} things",
        "{sources} 個來源的 {claims} 筆主張，涉及 {things} 個事物",
    ),
    "theme_dependence": ("Dependence", "依賴"),
    "theme_controls": ("Export controls", "出口管制"),
    "theme_actors": ("Firms, plants, money", "企業、設施與資金"),
    "theme_policy": ("Policy and negotiation", "政策與談判"),
    "theme_materials": ("Materials and quantities", "材料與數量"),
    "theme_evidence": ("Evidence", "證據"),
    # search
    "results_for": ("Results for “{}”", "「{}」的搜尋結果"),
    "things": ("Things", "事物"),
    "claims": ("Claims", "主張"),
    "matched": ("matched", "相符名稱"),
    "kind": ("Kind", "類別"),
    "no_hits": ("Nothing has that name.", "沒有符合的名稱。"),
    "no_hits_next": (
        "Try a shorter word, the English name, or an element's symbol.",
        "試試較短的詞、英文名稱或元素符號。",
    ),
    "alike": ("Nothing is called that; these resemble it.", "沒有完全相符者；以下名稱相近。"),
    "first_of": ("The first {} of {}.", "{1} 筆中的前 {0} 筆。"),
    # thing
    "also_called": ("Also called", "又稱"),
    "is_a": ("Is a", "屬於"),
    "figures": ("Figures, one mark a source", "數字：一個標記代表一個來源"),
    "said": ("What the sources say", "各來源的說法"),
    "dependence_on": ("Depends on", "依賴"),
    "dependence_by": ("Is depended on by", "被依賴"),
    "neighbourhood": ("Neighbourhood along the supply chain", "供應鏈上的關聯"),
    "net_note": (
        "{} of {} neighbours, those with most claims; dashed where derived. The same links stand in the tables.",
        "{1} 個關聯中主張最多的 {0} 個；虛線為推得。表格中有相同內容。",
    ),
    "timeline": ("Timeline", "時間軸"),
    "figures_col": ("Figure", "數字"),
    "when_col": ("When", "時間"),
    "since_col": ("since", "起始"),
    "notice_col": ("notice", "公告"),
    "coverage_col": ("Coverage", "涵蓋"),
    "ontology_term": ("Term", "詞彙"),
    "reference": ("Reference data", "參考資料"),
    "remark": ("remark", "評註"),
    "more_dependence": ("All of them, as a question", "以問題檢視全部"),
    "scale_note": (
        "The axis does not start at zero where the figures do not. A diamond is a point, a bar an interval, an arrow an open end; hollow is a forecast, a cross a figure not adopted.",
        "座標軸不一定從零開始。菱形為單值，橫線為區間，箭頭為無界一端；空心為預測，叉號為不採。",
    ),
    "shown_of": ("{} of {} shown", "顯示 {1} 筆中的 {0} 筆"),
    "not": ("not", "非"),
    # question
    "ask": ("Ask", "查詢"),
    "any": ("any", "不限"),
    "notes": ("Notes", "說明"),
    "answer": ("Answer", "答案"),
    "answer_rows": (
        "{rows} rows, resting on {claims} claims of {sources} sources.",
        "{rows} 列，依據 {sources} 個來源的 {claims} 筆主張。",
    ),
    "parameters": ("Parameters", "參數"),
    "id_hint": ("an id such as country:CN, or any", "代號，如 country:CN，或 any"),
    "date_hint": ("a day such as 2025-12-01", "日期，如 2025-12-01"),
    "number_hint": ("a number", "數字"),
    "text_hint": ("text", "文字"),
    # claim
    "claim": ("Claim", "主張"),
    "anchor": ("Where it stands", "所在位置"),
    "sentence": ("The sentence", "原文"),
    "no_article": (
        "The article's text is not part of the project; with the file at hand (--articles DIR) the sentence is shown here.",
        "文章全文不在本專案內；提供檔案（--articles DIR）後，此處會顯示原句。",
    ),
    "characters": ("characters {} to {}", "第 {} 至 {} 字元"),
    "paragraph": ("paragraph {}", "第 {} 段"),
    "parts": ("Its parts", "組成"),
    "concluded": ("What is concluded from it", "由此推得"),
    "companions": ("Who else speaks on this point", "其他來源對同一點的說法"),
    "cite": ("Cite", "引用"),
    "footnote": ("Chinese footnote", "中文註腳"),
    "chicago": ("Chicago", "芝加哥格式"),
    "read_in": ("Read it in its source", "於來源中閱讀"),
    "quoted": ("quotes {}", "引述{}"),
    "assumed": ("year assumed", "年份為推定"),
    # source
    "source": ("Source", "來源"),
    "published": ("Published", "發表"),
    "author": ("Author", "作者"),
    "outlet": ("Outlet", "刊物"),
    "document": ("SHA-256 of the file", "檔案 SHA-256"),
    "coverage": ("{claims} claims in {paragraphs} paragraphs", "{paragraphs} 個段落中有 {claims} 筆主張"),
    "in_order": ("Claims in reading order", "依閱讀順序的主張"),
    "errors": ("Errors found in it", "已發現的錯誤"),
    "no_errors": ("No error has been recorded.", "尚無錯誤紀錄。"),
    # disagreements
    "k_contradiction": (
        "Contradiction: all qualifiers meet, and the claims exclude each other.",
        "矛盾：限定條件相同，而主張互相排斥。",
    ),
    "k_unsettled": (
        "Unsettled: a qualifier is missing, or only neighbouring years differ.",
        "未定：缺少某項限定條件，或僅相鄰年份不同。",
    ),
    "k_difference": (
        "Difference: year, stage, material or definition differ; both can be right.",
        "差異：年份、階段、材料或定義不同，可能皆正確。",
    ),
    "k_history": ("History: one source, several years.", "沿革：同一來源，不同年份。"),
    "gap": ("gap", "差距"),
    "gap_is": ("Gap: {}", "差距：{}"),
    "differs_in": ("Differs in: {}", "差異所在：{}"),
    "settled": ("not adopted; see its note", "不採，見註"),
    "reason": ("Likely reason", "可能原因"),
    # controls
    "on_date": ("On what day?", "哪一天？"),
    "show": ("Show", "顯示"),
    "today": ("Today", "今日"),
    "key_days": ("Days on which something changes", "有變動的日子"),
    "chain": ("The chain of notices", "公告沿革"),
    "nothing_coming": ("No source says what comes after this day.", "沒有來源說明此日之後的變動。"),
    "binds": ("binds", "管制標的"),
    "in-force": ("in force", "有效"),
    "suspended": ("suspended", "暫停"),
    "upcoming": ("upcoming", "未生效"),
    "expired": ("expired", "已失效"),
    "uncertain": ("uncertain", "不確定"),
    "none_said": ("no claim", "無主張"),
    "clock_intro": (
        "What binds what on a day, by the articles; the notices themselves stand beside where a reference entry holds them.",
        "某日何者受管制，依文章所載；如有參考條目，並列公告本身的日期。",
    ),
    # elements
    "elements_intro": (
        "Who carries out which stage for which of the 17 elements, on whose word, and how each stands under export controls on {}.",
        "十七種元素各階段由誰執行、依據為何，以及於 {} 的出口管制狀態。",
    ),
    "element": ("Element", "元素"),
    "status": ("Control", "管制"),
    "groups_too": (
        "Groups: what is said of them does not pass to single elements.",
        "元素群：對群的說法不能套用於單一元素。",
    ),
    "planned": ("planned", "計畫中"),
    # ontology
    "classes": ("Classes", "類別"),
    "links": ("Links between things", "事物之間的關聯"),
    "values": ("Values", "值"),
    "definition": ("Definition", "定義"),
    "uses": ("Uses", "使用次數"),
    "broader": ("Broader", "上位"),
    "relations": ("Relations", "關係"),
    "examples": ("Examples", "範例"),
    "term_iri": ("IRI", "IRI"),
    # sparql
    "sparql_intro": (
        "Any SPARQL query over the graph; the usual prefixes are predeclared. The endpoint itself is at /sparql.",
        "可對圖譜執行任何 SPARQL 查詢，常用前綴已預先宣告。端點位於 /sparql。",
    ),
    "sparql_examples": ("Begin from a question", "從問題開始"),
    "refused": ("The query was refused", "查詢遭拒"),
    "too_many": (
        "The first {} of {} rows; CSV and JSON have them all.",
        "{1} 列中的前 {0} 列；CSV 與 JSON 有全部。",
    ),
    "true": ("Yes.", "是。"),
    "false": (
        "No: the graph does not hold it, which is not the same as its being false.",
        "否：圖譜沒有此項，但不等於不成立。",
    ),
    # proof
    "proof": ("Proof", "證明"),
    "given_ontology": ("part of the ontology", "本體所定"),
    "given_entities": ("as the curators file it", "編纂者歸類"),
    "dependency": ("Dependence", "依賴"),
    # errors
    "e404": ("Not here", "此處無此頁"),
    "e400": ("That cannot be asked so", "無法如此查詢"),
    "e500": ("The server failed", "伺服器發生錯誤"),
    "near": ("Did you mean", "您是否要找"),
    "what_next": ("What to do next", "接下來可以"),
    "back_home": ("Go to the home page, or search above.", "回首頁，或使用上方搜尋。"),
    "failed_next": (
        "This is our fault, not yours; the server's log says why. Try again, or ask for less.",
        "這是我們的問題；伺服器日誌有紀錄。請再試一次，或縮小查詢。",
    ),
}

_MODALITIES: Final[dict[str, tuple[str, str]]] = {
    "stated": ("stated", "陳述"),
    "reported": ("reported", "轉述"),
    "forecast": ("forecast", "預測"),
    "target": ("target", "目標"),
    "plan": ("plan", "計畫"),
    "hypothetical": ("hypothesis", "假設"),
    "hypothesis": ("hypothesis", "假設"),
    "judgement": ("judgement", "判斷"),
    "deprecated": ("not adopted", "不採"),
    "preferred": ("preferred", "首選"),
    "normal": ("normal", "一般"),
}

UNITS: Final[dict[str, tuple[str, str]]] = {
    "percent": ("%", "%"),
    "t": ("t", "公噸"),
    "t-per-year": ("t/yr", "公噸／年"),
    "USD": ("USD", "美元"),
    "lb": ("lb", "磅"),
    "day": ("days", "日"),
    "month": ("months", "個月"),
    "year": ("years", "年"),
}

COLUMNS: Final = (
    ("Policy, events", "政策、事件"),
    ("Elements, ores", "元素、礦"),
    ("Materials, techniques", "材料、技術"),
    ("Plants", "設施"),
    ("Firms, people", "企業、人物"),
    ("Products", "產品"),
    ("Sectors, aims", "產業、目標"),
    ("Places", "國家與地區"),
)


_CODES: Final[dict[str, tuple[str, str]]] = {
    **{code: words for code, words in _MODALITIES.items() if code != "stated"},
    "stated": ("stated", "明言"),
    "derived": ("derived", "推得"),
    "structural": ("structural", "結構性"),
    "some": ("some", "部分"),
    "most": ("most", "多數"),
    "all": ("all", "全部"),
    "high": ("high", "高度"),
    "low": ("low", "低度"),
    "falling": ("falling", "下降"),
    "rising": ("rising", "上升"),
    "exposed": ("exposed", "曝險"),
    "not said": ("not said", "未說明"),
    "year": ("year", "年份"),
    "stage": ("stage", "階段"),
    "material": ("material", "材料"),
    "definition": ("definition", "定義"),
    "material, definition": ("material and definition", "材料與定義"),
    **{code: _WORDS[code] for code in ("in-force", "suspended", "upcoming", "expired", "uncertain")},
}

_PHRASES: Final = tuple(
    (re.compile(pattern), chinese)
    for pattern, chinese in (
        (r" ?\(year assumed\)", "（年份為推定）"),
        (r" ?\(assumed\)", "（推定）"),
        (r" ?\(forecast\)", "（預測）"),
        (r" ?\(carried forward (\d+) y\)", r"（沿用 \1 年）"),
        (r"the articles end the suspension in ([\d-]+)", r"文章稱暫停至 \1"),
        (r", the notice on ([\d-]+)", r"，公告為 \1"),
        (r"; nothing later is known", "；其後不明"),
        (r"suspension ends ([\d-]+)", r"暫停至 \1"),
        (r"effective ([\d-]+)", r"\1 生效"),
        (r"(\d) to (\d)", r"\1 至 \2"),
        (r"^from ([\d-]+)", r"自 \1 起"),
        (r"; ", "；"),
    )
)


def word(lang: Lang, key: str, *args: object, **named: object) -> str:
    """A message in a language, filled in."""
    text = _WORDS[key][lang == "zh-Hant"]
    return text.format(*args, **named) if args or named else text


def modality(lang: Lang, code: str) -> str:
    """How a claim is said, or its rank, in words."""
    return _MODALITIES.get(code, (code, code))[lang == "zh-Hant"]


def unit(lang: Lang, code: str) -> str:
    """A unit as it stands after a figure."""
    return UNITS.get(code, (code, code))[lang == "zh-Hant"]


def figure(lang: Lang, printed: str, code: str) -> str:
    """A printed figure with its unit, its interval with a dash.

    >>> figure("en", "85..90", "percent"), figure("zh-Hant", "~138000", "t")
    ('85–90%', '~138,000 公噸')
    """
    text = "–".join(_thousands(part) for part in printed.split(".."))
    shown = unit(lang, code)
    if not shown or code in {"count", "rank"} or not text or not any(c.isdigit() for c in text):
        return text
    return f"{text}{'' if shown == '%' else ' '}{shown}"


def spoken(lang: Lang, text: str) -> str:
    """A text cell of an answer in the page's language; queries write these few in English.

    >>> spoken("zh-Hant", "2025 (year assumed) (forecast)"), spoken("en", "in-force")
    ('2025（年份為推定）（預測）', 'in force')
    """
    if text in _CODES:
        return _CODES[text][lang == "zh-Hant"]
    if lang == "zh-Hant":
        for pattern, chinese in _PHRASES:
            text = pattern.sub(chinese, text)
    return text


def _thousands(text: str) -> str:
    sign = text[: len(text) - len(text.lstrip("<>=~"))]
    number = text[len(sign) :]
    whole, dot, rest = number.partition(".")
    return f"{sign}{int(whole):,}{dot}{rest}" if whole.isdigit() and len(whole) > 4 else text
