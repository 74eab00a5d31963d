"""Invented names of people and teams; any likeness to a living person is chance."""

import numpy as np

SURNAMES = (
    ("陈", "Chen"), ("李", "Li"), ("黄", "Huang"), ("张", "Zhang"), ("梁", "Liang"), ("林", "Lin"),
    ("刘", "Liu"), ("王", "Wang"), ("吴", "Wu"), ("罗", "Luo"), ("杨", "Yang"), ("何", "He"),
    ("邓", "Deng"), ("周", "Zhou"), ("谢", "Xie"), ("郭", "Guo"), ("曾", "Zeng"), ("冯", "Feng"),
    ("苏", "Su"), ("叶", "Ye"), ("谭", "Tan"), ("徐", "Xu"), ("麦", "Mai"), ("潘", "Pan"),
    ("卢", "Lu"), ("蔡", "Cai"), ("许", "Xu"), ("邝", "Kuang"), ("欧阳", "Ouyang"), ("司徒", "Situ"),
)  # fmt: skip
GIVEN = (
    ("晓", "xiao"), ("琳", "lin"), ("嘉", "jia"), ("敏", "min"), ("伟", "wei"), ("婷", "ting"),
    ("俊", "jun"), ("杰", "jie"), ("思", "si"), ("颖", "ying"), ("志", "zhi"), ("明", "ming"),
    ("雅", "ya"), ("文", "wen"), ("诗", "shi"), ("慧", "hui"), ("子", "zi"), ("轩", "xuan"),
    ("佩", "pei"), ("珊", "shan"), ("泽", "ze"), ("宇", "yu"), ("丽", "li"), ("华", "hua"),
    ("永", "yong"), ("康", "kang"), ("美", "mei"), ("玲", "ling"), ("健", "jian"), ("欣", "xin"),
    ("海", "hai"), ("涛", "tao"), ("雪", "xue"), ("梅", "mei"), ("浩", "hao"), ("然", "ran"),
    ("月", "yue"), ("娟", "juan"), ("国", "guo"), ("强", "qiang"), ("静", "jing"), ("怡", "yi"),
    ("家", "jia"), ("豪", "hao"), ("淑", "shu"), ("芬", "fen"), ("振", "zhen"), ("业", "ye"),
)  # fmt: skip
TEAMS = {
    "enquiry": "咨询",
    "fault": "报障",
    "complaint": "投诉",
    "orders": "业务受理",
    "sales_callback": "外呼",
    "chat": "在线客服",
    "bank_hotline": "银行专席",
    "parcel": "速递专席",
}


def people(count: int, rng: np.random.Generator, *, latin: float) -> list[str]:
    """Names, a share `latin` of them in pinyin; a name may occur twice, as in life."""
    surname, first, second = (rng.integers(0, len(of), count) for of in (SURNAMES, GIVEN, GIVEN))
    single, in_latin = rng.random(count) < 0.25, rng.random(count) < latin
    return [
        _name(int(surname[i]), int(first[i]), None if single[i] else int(second[i]), latin=bool(in_latin[i]))
        for i in range(count)
    ]


def team(queue: str, number: int) -> str:
    """Name of the number-th team of a queue."""
    return f"{TEAMS[queue]}{number}组" if queue in TEAMS else f"{queue} {number}"


def _name(surname: int, first: int, second: int | None, *, latin: bool) -> str:
    script = 1 if latin else 0
    given = GIVEN[first][script] + ("" if second is None else GIVEN[second][script])
    return f"{SURNAMES[surname][1]} {given.capitalize()}" if latin else SURNAMES[surname][0] + given
