"""Pages of the codes of names that nothing uses, and of the official wording against its rule."""

from __future__ import annotations

from rubric_dsl.diagnostics import Text

PAGES: dict[str, Text] = {
    "unused-name": Text(
        "基础数据表里写明的一项没有用到。删去它，或写一句核对；下级行、计算项、参数和参照不算。",
        "A name of the data form is never used. Remove it or write a check; parts of a row, derived figures, parameters and references do not count.",
    ),
    "wording-points": Text(
        "原文写的最高得分与指标的分值不同。核对分值；原文如此的，写一条提到这个分数（如“10分”）或“分值”的决定，就不再提醒。",
        "The most points that the wording gives differ from the indicator's. Check them; a decision that names those points ('10 points') answers it.",
    ),
    "wording-name": Text(
        "原文或说明里的公式，名称与指标相近而不同，或是另一个指标的。核对公式；确是本指标的，写一条引用这个名称的决定，就不再提醒。",
        "The formula beside an indicator is that of a similar name, or of another indicator. Check it; a decision that quotes the name answers it.",
    ),
    "wording-dash": Text(
        "说明的公式里，该写“=”的地方写了横线。原文照录，写一条“说明里的“-”读作“=””的决定，就不再提醒。",
        "A dash stands where a formula of the official text needs '='. Keep the text; a decision that names the dash answers it.",
    ),
    "wording-brackets": Text(
        "说明的公式里，相除的和没有加括号：A+B-C/A+B。原文照录，写一条提到“括号”的决定，就不再提醒。",
        "A sum that is divided has no brackets in the official text: A+B-C/A+B. Keep the text; a decision that says 'brackets' answers it.",
    ),
    "wording-end": Text(
        "原文的“以上”“以下”“以内”没有说明是否含本数。写一条提到它的决定（如“90%以上含 90%”），就不再提醒。",
        "The wording says 以上, 以下 or 以内 without saying whether the number itself is included. A decision that names the word answers it.",
    ),
    "wording-signs": Text(
        "一个文件的原文里，≤ 或 ≥ 有几种写法（≦、＜＝）。意思相同；核对是否录自同一个版本，或写一条提到“符号”的决定。",
        "The official texts of a file write ≤ or ≥ in several ways (≦, ＜＝). They mean the same; check the versions, or write a decision about the signs.",
    ),
}
