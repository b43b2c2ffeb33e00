"""Pages of the codes of what stands around the forms: choices, series, cohorts, rounding, headings, the total."""

from __future__ import annotations

from rubric_dsl.diagnostics import Text

PAGES: dict[str, Text] = {
    "denominator-zero": Text(
        "分母可以是 0，这时算不出得分。不会是 0 的，在数据表里写“> 0”；会是 0 的，写：不适用 当 … = 0。",
        "A denominator can be 0, and there is no score then. Declare '> 0' in the form, or write: not applicable when … = 0.",
    ),
    "empty-limits": Text(
        "数据项写明的范围里没有数：下限比上限大。",
        "No number lies within the limits that are stated for a figure: the lower one is above the upper one.",
    ),
    "limit-sign": Text(
        "数据项的范围只能用 >、≥、<、≤ 写。",
        "The limits of a figure are written with >, >=, < or <=.",
    ),
    "outside-limits": Text(
        "填报的数不在数据表写明的范围里，不能计分。",
        "The figure is outside the limits that the data form states, so it cannot be used.",
    ),
    "unknown-column": Text(
        "范围写明的列，这一行没有。",
        "A limit is stated for a column that the row does not have.",
    ),
    "always-available": Text(
        "问“无数据”的数据项要先在数据表里写明“可无数据”。",
        "A figure can be asked whether it is unavailable only where it is declared 'may be unavailable'.",
    ),
    "arguments": Text(
        "这个函数只取一个数。",
        "This function takes one number.",
    ),
    "award-out-of-range": Text(
        "评定的数不在所选等次或档次的范围内，不能计分。",
        "The number that the assessor gave is outside the range of its band or level, so there is no score.",
    ),
    "bonus-cap-not-said": Text(
        "有加分、扣分或系数时，要写明总分的上下限：总分限于 0分 到 105分。",
        "Where anything is added or taken off after the total, say within which bounds it stays: total within 0 to 105.",
    ),
    "choice-as-number": Text(
        "选项不能用来计算，只能在条件里比较：类别 = 一类。",
        "A choice cannot be calculated with; compare it in a condition: class = A.",
    ),
    "chosen-options": Text(
        "“按 … 选定”的选项要与下面各项的名称相同。",
        "The options of 'chosen by' must be the names of the parts.",
    ),
    "circular": Text(
        "得分或指标值绕回自己，算不出来。删去其中一处引用。",
        "A score or a measure leads back to itself and cannot be computed. Remove one of the references.",
    ),
    "clamp-bounds": Text(
        "总分的下限不能大于上限。",
        "The total's lower bound cannot be above its upper bound.",
    ),
    "cohort-figure": Text(
        "同组比较和名次用数据表里的数，或由它们算出的数；不能再用同组算出的数。",
        "A cohort or a rank compares a figure of the form, given or derived, but none that itself comes from the group.",
    ),
    "cohort-incomplete": Text(
        "同组里有单位缺这个数，平均、名次等算不出，得分是一个范围。",
        "Members of the group lack this figure, so means and ranks cannot be worked out, and scores are ranges.",
    ),
    "cohort-too-small": Text(
        "去掉最高、最低之后，同组里没有数了。",
        "Nothing is left of the group after the highest and lowest are dropped.",
    ),
    "combine-number": Text(
        "取最高几项的个数，或幂平均的指数，不能用在这里。",
        "The number of best parts, or the exponent of a power mean, cannot be used here.",
    ),
    "edition-changes": Text(
        "与沿用的年度相比，保留、修改、删去、新增了哪些指标。",
        "What the edition keeps, changes, drops and adds, beside the one it inherits from.",
    ),
    "edition-twice": Text(
        "同一个指标既保留又另写、或既保留又删去。只写一种。",
        "An indicator is kept and written again, or kept and dropped. Say one.",
    ),
    "edition-unknown": Text(
        "沿用的文件里没有这个名称。",
        "The inherited file has nothing of this name.",
    ),
    "edition-unlisted": Text(
        "沿用上一年度时，每个指标都要交代：保留、另写（修改）或删去。",
        "An edition that inherits accounts for every indicator: keep it, write it again (changed), or drop it.",
    ),
    "no-base-edition": Text(
        "没有找到要沿用的文件。只能沿用同一文件夹里的 .rubric 文件，不能绕回自己。",
        "The file to inherit from was not found. Only .rubric files of the same folder can be inherited from, and never in a circle.",
    ),
    "figure-unavailable": Text(
        "数据项写明无数据，规则没有说明这时怎样计分。写明“不适用当 无数据（…）”或“情形 当 无数据（…）”。",
        "A figure is stated to be unavailable and the rule does not say what then. Write 'not applicable when unavailable(…)' or 'variant when unavailable(…)'.",
    ),
    "grades-reduced": Text(
        "不计入并减少满分时，等级的界限仍是原来的分数，得分不能这样评级。改由其他指标分担，或不写等级。",
        "Where the full points shrink the grades' bounds stay, so that totals cannot be graded. Share the points out, or give no grades.",
    ),
    "input-twice": Text(
        "一个指标的两句规则要填同名的数据，分不清哪个是哪个。换序号或加名称。",
        "Two clauses of one rule ask for data of the same address. Use another item number, or a name.",
    ),
    "needs-rounding": Text(
        "对数、指数、开方得出的数没有尽头，要写明在哪里、怎样舍入：舍入 得分 到 0.01，四舍五入。",
        "A logarithm, power or root has no end; say where and how it is rounded: round scores to 0.01, half up.",
    ),
    "no-base-mark": Text(
        "否决使其余指标只得基本分，但没有指标写明基本分。在指标下写：基本分 3分。",
        "A veto holds the others to their base marks, but none is stated. Write below the indicators: base mark 3.",
    ),
    "no-real-value": Text(
        "对数、指数或开方在这里没有值（如负数开方）。",
        "A logarithm, power or root has no value here, as the root of a negative number.",
    ),
    "no-subtotal": Text(
        "下面的得分合不成一个数，所以这一级没有得分。",
        "The scores below cannot be combined, so this heading has no score.",
    ),
    "no-such-columns": Text(
        "数据表里没有这几列，或次序反了。",
        "The form has no such columns, or they stand in the other order.",
    ),
    "no-total-here": Text(
        "“总分”只能用在总分之后的调整里。",
        "The total can be spoken of only in what comes after it.",
    ),
    "nothing-applies": Text(
        "检查表的各项都不适用，没有分值可以分担，所以没有得分。写明“不适用当 …”，或人工认定。",
        "No item of the checklist applies, so there are no points to share. Write 'not applicable when …', or set the score by hand.",
    ),
    "parameter-gap": Text(
        "参数要给每一个选项写明数。",
        "A parameter needs a value for each option.",
    ),
    "parameter-given": Text(
        "参数由指标体系规定，部门不填报。",
        "A parameter is fixed by the rubric and is not given by departments.",
    ),
    "points-differ": Text(
        "不是求和的上级指标，下级要用同一个满分。",
        "The parts of a heading that is no sum share its full points.",
    ),
    "quantile-share": Text(
        "同组分位要写明百分之几：同组分位（得分，25%）。",
        "A quantile needs its share: cohort_quantile(score, 25%).",
    ),
    "rank-order": Text(
        "名次要写明从高到低还是从低到高。",
        "A rank must say whether the highest or the lowest comes first.",
    ),
    "round-step": Text(
        "舍入的单位要大于 0，如 0.01。",
        "The step of rounding must be above 0, as 0.01.",
    ),
    "rounding-undecided": Text(
        "这个数离舍入的界限太近，算到 1920 位仍不能确定在哪一边，所以不给出得分。",
        "The number is so close to an edge of rounding that 1,920 digits do not decide it; no score is given.",
    ),
    "score-above-points": Text(
        "这一档的得分高于指标的分值。改这一档的得分，或改指标的分值。",
        "A band scores more than the indicator has points. Change the score, or the indicator's points.",
    ),
    "series-alone": Text(
        "一行的各列要放在合计、平均、最大值、最小值或满足个数里。",
        "A series stands inside sum, mean, max, min or count.",
    ),
    "unknown-reading": Text(
        "没有这个读法。文件里的读法写在“读法 “…””后面。",
        "There is no such reading. A file names its readings after 'reading'.",
    ),
    "weights-sum": Text(
        "加权平均的权重合计要等于 100%。",
        "The weights of a weighted mean sum to 100%.",
    ),
    "weight-not-said": Text(
        "加权平均的各项要写权重：三级指标 甲 100分 权重 30%。",
        "Each part of a weighted mean needs a weight: level 3 A 100 weight 30%.",
    ),
}
