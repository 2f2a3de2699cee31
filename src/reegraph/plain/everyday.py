"""Everyday words: those that ask nothing by themselves, and those of subjects that nothing here holds."""

from __future__ import annotations

from typing import Final


def _listed(text: str) -> tuple[str, ...]:
    """The entries of a list separated by commas."""
    return tuple(entry.strip() for entry in text.split(","))


# English words, as stems, that carry no subject of their own.
STOP: Final = frozenset(
    _listed("""
        a, an, the, of, in, on, at, by, to, for, from, with, and, or, nor, not, no, as, is, are, was,
        were, be, been, being, am, do, doe, did, doing, done, it, its, this, that, these, those, there,
        here, they, them, their, he, she, his, her, you, your, i, my, me, we, our, who, whom, whose,
        what, which, when, where, why, how, if, then, than, so, such, some, any, all, each, every, other,
        more, most, less, least, very, just, also, only, about, into, onto, over, under, between, among,
        across, during, since, until, up, down, out, off, again, still, yet, already, ha, have, had,
        having, can, could, may, might, must, shall, should, will, would, get, got, give, gives, gave,
        go, going, went, let, make, made, take, took, put, come, came, say, said, tell, told, show, list,
        name, please, one, two, first, second, much, many, lot, really, actually, exactly, anyone,
        someone, something, anything, now, today, total, overall, but, because, while, both, either,
        same, own, like, per, via, vs, versus, etc, s, t, re, m, d, ll, ve, yes, kind, sort
    """)
)

# And Chinese ones, with the words that nearly every question holds.
EMPTY: Final = _listed("""
    的, 了, 嗎, 呢, 吧, 啊, 呀, 是, 有, 在, 和, 與, 及, 或, 跟, 也, 都, 就, 還, 又, 再, 很, 最, 更, 才,
    只, 被, 把, 讓, 使, 對, 向, 於, 以, 從, 到, 由, 為, 之, 其, 這, 那, 此, 該, 各, 每, 某, 個, 些, 種,
    家, 份, 篇, 件, 項, 筆, 句, 款, 台, 架, 座, 們, 我, 你, 他, 她, 它, 我們, 你們, 他們, 自己, 請, 請問,
    請列, 列出, 給我, 告訴我, 想知道, 想, 要, 會, 能, 可, 可以, 可能, 應該, 需不需要, 哪, 哪些, 哪個,
    哪一個, 哪幾, 哪裡, 哪國, 什麼, 甚麼, 誰, 怎麼, 怎樣, 如何, 為何, 為什麼, 多少, 幾, 幾個, 多大, 多久,
    多高, 何, 何時, 何者, 什麼時候, 是否, 有沒有, 是不是, 能不能, 有多, 大概, 大約, 約, 目前, 現在, 如今,
    現今, 今天, 今日, 到底, 究竟, 真的, 其實, 總共, 一共, 總, 共, 全部, 所有, 一些, 主要, 以及, 還有,
    然後, 後來, 之後, 以後, 之前, 以前, 以來, 以上, 以下, 期間, 當時, 分別, 各自, 其中, 包括, 包含, 等,
    上, 下, 中, 裡, 裡面, 內, 外, 前, 後, 不, 沒, 沒有, 無, 已, 已經, 曾, 曾經, 正在, 將, 來, 去, 說, 講,
    看, 做, 用, 得, 地, 著, 過, 一, 二, 三, 四, 五, 六, 七, 八, 九, 兩, 第, 年, 月, 日, 時, 號, 情況,
    狀況, 情形, 相關, 有關, 關於, 方面, 部分, 問題, 內容, 資料, 數字, 數據, 資訊, 占, 比, 多, 少, 大, 小,
    高, 低, 會不會是, 一下, 一年, 一個, 這個, 那個, 這些, 那些, 美方, 中方, 稀土, 你知道, 知道, 嘛, 喔,
    哦, 億, 萬, 案, 東西, 學者, 專家, 掌握, 絕對, 肯, 事, 人, 起, 次, 波, 剩, rare earth, rare earths,
    REE, 稀土元素
""")

# What nothing here measures or names: a text about one of these is declined, unless the graph names it.
FOREIGN: Final = _listed("""
    people work, workers, worker, job, jobs, hire, hires, died, born, last year, per kilogram, per kg,
    dollars per, price, stock price, share price, price target, dividend,
    portfolio, pension, ceo, boss, chairman, founder, chief executive, president of the company,
    employee, employees, staff, headcount, workforce, salary, wage, revenue, profit, earnings, turnover,
    sales, units sold, market cap, valuation, cost of, how expensive, weather, temperature, rain,
    typhoon, earthquake, melting point, boiling point, density, half-life, toxicity, flowsheet, recipe,
    formula, full text, phone number, address, website, email, which form, how do i, should i,
    worth buying, buy shares, recommend, do you think, morally, opinion, delegation, who led, who owns,
    owner of, company owns, population, gdp, inflation, election, football, league, champion, movie,
    song, cancer, disease, health, radiation, accident, casualties, by month, monthly, weekly, daily,
    nationality, birthday, age of, wife, hotel, flight, ticket, translate, poem, write me, joke, lithium,
    cobalt, nickel, copper, graphite, gold, silver, manganese, vanadium, platinum, palladium, titanium,
    coal, wheat, soybean, chile, congo, greenland, turkey, russia, ukraine, norway, sweden, south africa,
    indonesia, mongolia, north korea, mexico, argentina, bolivia, tanzania, madagascar, malawi, burundi,
    iran, israel, saudi, spain, italy, germany, poland,
    價格, 價錢, 股價, 售價, 單價, 市價, 市值, 目標價, 報價, 每公斤, 一公斤多少, 概念股, 哪檔, 股票, 股息,
    殖利率, 基金, 報酬率, 值得, 推薦, 該買, 進場, 執行長, 董事長, 總裁, 總經理, 老闆, 創辦人, 負責人,
    代表是誰, 員工, 工人, 雇用, 雇員, 過世, 去世, 出生, 去年, 人數, 薪水, 薪資, 營收, 獲利, 淨利, 盈餘,
    毛利, 銷量, 賣幾, 賣出, 賣了幾, 出貨量,
    造價, 成本多少, 花費, 天氣, 氣溫, 溫度, 下雨, 颱風, 地震, 熔點, 沸點, 密度, 半衰期, 原子序, 原子量,
    化學式, 毒性, 配方, 流程圖, 全文, 電話, 地址, 網址, 電郵, 表格, 怎麼申請, 如何申請, 你怎麼看, 你覺得,
    你認為, 該不該, 會不會, 人口, 通膨, 選舉, 冠軍, 球賽, 世界盃, 電影, 歌, 罹癌, 癌症, 疾病, 健康, 輻射,
    傷亡, 逐月, 每月, 每週, 按月, 生日, 幾歲, 國籍, 妻子, 飯店, 機票, 翻譯, 寫詩, 笑話, 是哪家公司的,
    屬於哪家公司, 誰擁有, 好吃, 餐廳, 旅遊, 景點, 鋰, 鈷, 鎳, 銅, 錳, 釩, 鉻, 鉑, 鈀, 鈦, 石墨, 黃金,
    白銀, 煤炭, 小麥, 大豆, 剛果, 智利, 格陵蘭, 土耳其, 俄羅斯, 烏克蘭, 挪威, 瑞典, 南非, 印尼, 蒙古國,
    北韓, 墨西哥, 阿根廷, 玻利維亞, 坦尚尼亞, 馬達加斯加, 馬拉威, 蒲隆地, 伊朗, 以色列, 沙烏地, 西班牙,
    義大利, 德國, 波蘭
""")

# Simplified characters of everyday questions with their traditional form; the names of things teach more.
SIMPLIFIED: Final = tuple(
    (pair[0], pair[1])
    for pair in _listed("""
        谁誰, 么麼, 吗嗎, 几幾, 个個, 为為, 说說, 这這, 买買, 卖賣, 钱錢, 价價, 涨漲, 总總, 种種, 进進,
        欧歐, 离離, 厂廠, 产產, 国國, 与與, 对對, 开開, 关關, 时時, 间間, 发發, 后後, 还還, 没沒, 会會,
        从從, 来來, 给給, 过過, 现現, 经經, 业業, 点點, 电電, 车車, 机機, 样樣, 让讓, 将將, 应應, 该該,
        认認, 识識, 论論, 谈談, 协協, 议議, 签簽, 约約, 计計, 划劃, 项項, 规規, 则則, 条條, 单單, 双雙,
        层層, 显顯, 响響, 赖賴, 险險, 储儲, 备備, 库庫, 资資, 贷貸, 东東, 额額, 亿億, 万萬, 吨噸, 岁歲,
        热熱, 门門, 问問, 题題, 错錯, 误誤, 笔筆, 书書, 报報, 导導, 体體, 铁鐵, 军軍, 舰艦, 战戰, 飞飛,
        弹彈, 炮砲, 击擊, 压壓, 强強, 变變, 动動, 历歷, 终終, 续續, 线線, 减減, 缓緩, 扩擴, 废廢, 环環,
        节節, 药藥, 医醫, 学學, 长長, 张張, 华華, 务務, 劳勞, 员員, 联聯, 组組, 织織, 团團, 队隊, 领領,
        执執, 权權, 亏虧, 赚賺, 负負, 责責, 质質, 释釋, 细細, 输輸, 运運, 边邊, 达達, 迁遷, 选選, 适適,
        邻鄰, 际際, 陆陸, 陈陳, 难難, 随隨, 隐隱, 韩韓, 顺順, 须須, 预預, 频頻, 颗顆, 风風, 馆館, 驱驅,
        验驗, 鱼魚, 鸟鳥, 丰豐, 举舉, 仅僅, 众眾, 优優, 传傳, 伤傷, 伦倫, 伪偽, 债債, 倾傾, 偿償, 儿兒,
        兰蘭, 兴興, 养養, 兽獸, 内內, 写寫, 农農, 冲衝, 决決, 况況, 净淨, 准準, 凉涼, 凭憑, 岛島, 币幣,
        帮幫, 干幹, 广廣, 异異, 弃棄, 归歸, 当當, 录錄, 彻徹, 征徵, 怀懷, 态態, 恶惡, 惊驚, 愿願, 户戶,
        扰擾, 护護, 担擔, 拥擁, 择擇, 挂掛, 据據, 损損, 换換, 摄攝, 数數, 断斷, 旧舊, 晋晉, 术術, 杀殺,
        杂雜, 极極, 构構, 标標, 树樹, 桥橋, 检檢, 楼樓, 欢歡, 毁毀, 气氣, 汇匯, 汉漢, 沟溝, 泽澤, 洁潔,
        测測, 济濟, 浅淺, 湾灣, 满滿, 滞滯, 灭滅, 灵靈, 灾災, 炼煉, 烂爛, 争爭, 爱愛, 状狀, 独獨, 畅暢,
        疗療, 监監, 盖蓋, 盘盤, 矿礦, 码碼, 确確, 础礎, 积積, 称稱, 稳穩, 穷窮, 紧緊, 红紅, 级級, 纪紀,
        纯純, 纳納, 纷紛, 纸紙, 练練, 绍紹, 络絡, 绝絕, 统統, 继繼, 维維, 综綜, 绿綠, 编編, 网網, 罗羅,
        罚罰, 罢罷, 职職, 脑腦, 脱脫, 艺藝, 苏蘇, 获獲, 虑慮, 虽雖, 补補, 装裝, 观觀, 览覽, 觉覺, 订訂,
        训訓, 记記, 讲講, 许許, 设設, 访訪, 证證, 评評, 词詞, 试試, 诉訴, 详詳, 语語, 请請, 读讀, 调調,
        谓謂, 谢謝, 贡貢, 财財, 败敗, 货貨, 贵貴, 贸貿, 费費, 贺賀, 趋趨, 践踐, 转轉, 轮輪, 软軟, 轻輕,
        较較, 辑輯, 辞辭, 违違, 连連, 迟遲, 递遞, 遗遺, 邮郵, 郑鄭, 酿釀, 针針, 钢鋼, 钟鐘, 银銀, 销銷,
        锁鎖, 锂鋰, 钴鈷, 镍鎳, 锰錳, 钒釩, 铜銅, 铝鋁, 锌鋅, 锡錫, 铅鉛, 铂鉑, 阳陽, 阶階, 阴陰, 雾霧,
        静靜, 韦韋, 页頁, 顶頂, 顾顧, 饮飲, 馈饋, 驶駛, 骗騙, 龙龍, 龄齡
    """)
)
