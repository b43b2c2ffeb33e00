"""Pages of the codes that any rubric or submission may meet."""

from __future__ import annotations

from rubric_dsl.diagnostics import Text

PAGES: dict[str, Text] = {
    "band-gap": Text(
        "各档没有覆盖指标值能取到的每一个值。落在空档里的部门没有得分。补上这一档，或移动相邻一档的端点。",
        "The bands leave out a value that the measure can have; a department there has no score. Add a band or move a neighbour's end.",
    ),
    "never-reached": Text(
        "这一档或这一种情形，任何数据都用不到：前面的规则已经包括它，或条件不可能成立。改条件、换次序，或删去。",
        "No data can ever reach this band or case: the rules before it cover it, or its condition cannot hold. Change it, move it up, or remove it.",
    ),
    "full-marks-unreachable": Text(
        "没有数据能得到指标的满分，分值表里的分有一部分谁也得不到。改规则，或改指标的分值。",
        "No data can earn the indicator's full points, so part of its points exist on paper only. Change the rule, or the points.",
    ),
    "up-and-down": Text(
        "指标值升高时，各档的得分先降后升，或几次升降：多半是某一档的分数或端点写错了。",
        "As the measure rises the bands' scores fall and rise again: most likely a score or an end of a band is a slip.",
    ),
    "band-overlap": Text(
        "同一个值落在两档里，有两个得分。每个端点只归一档，用（含）写明。",
        "A value lies in two bands and has two scores. Give each end to one band, with (included).",
    ),
    "conflict-unresolved": Text(
        "同一个数，各来源写得不同，没有写明采用哪一个。加上“采用”。",
        "Sources state one figure differently and it is not said which is used. Add 'used'.",
    ),
    "conflicting-sources": Text(
        "同一个数，各来源写得不同。按“采用”的来源计算，其余照录。",
        "Sources state one figure differently. The one marked as used is scored; the others are kept.",
    ),
    "cross-foot": Text(
        "数据表的核对关系不成立：左右两边相差超过误差。得分不因此改变。",
        "A check of the data form fails: both sides differ by more than the tolerance. Scores do not change.",
    ),
    "data-syntax": Text(
        "数据文件的格式无法识别。检查缩进、冒号后的空格和引号。",
        "The data file's format cannot be read. Look at the indentation, the space after a colon, and quotes.",
    ),
    "decimal-point": Text(
        "小数点写成了句号：0。5。写作 0.5。",
        "A full stop stands where the decimal point belongs: 0。5. Write 0.5.",
    ),
    "level-word": Text(
        "一句评价标准不能以名称开头。等次写作：评为 较好 计6分。",
        "A clause cannot begin with a name. Write a level as: rated good scores 6.",
    ),
    "unknown-unit": Text(
        "没有这个单位。自定的单位加引号，它只与自己相加、比较。",
        "There is no such unit. A unit of your own is quoted; it adds to and compares with itself only.",
    ),
    "derived-differs": Text(
        "填的计算项与按各项数据算得的不同。评分用算得的数。",
        "A derived figure as given differs from what the figures give. Scores use the computed one.",
    ),
    "duplicate-key": Text(
        "数据文件里同一项写了两次。",
        "A key of the data file is given twice.",
    ),
    "duplicate-name": Text(
        "同一个名称写了两次。",
        "A name is declared twice.",
    ),
    "empty-file": Text(
        "文件里没有内容。",
        "The file is empty.",
    ),
    "empty-section": Text(
        "标题下面没有指标，也没有评价标准。",
        "A heading has neither indicators nor a rule below it.",
    ),
    "extra-text": Text(
        "语句已经结束，后面还有文字。",
        "There is text after the end of a statement.",
    ),
    "figure-without-value": Text(
        "写了来源或备注，没有写值，按缺少处理。",
        "A figure has a source or a note but no value, and counts as missing.",
    ),
    "float-refused": Text(
        "二进制浮点数不是写下的那个数。改用 Decimal 或文字。",
        "A binary float is not the number that was written. Use Decimal or text.",
    ),
    "form-twice": Text(
        "这种计分办法在一个指标里只能写一次。",
        "This form may stand once in an indicator.",
    ),
    "given-twice": Text(
        "指标的这一部分写了两次。",
        "This part of an indicator is given twice.",
    ),
    "grade-gap": Text(
        "有的总分没有等级。等级要覆盖 0 到满分。",
        "A total has no grade. The grades must cover 0 to the full points.",
    ),
    "implausible-scale": Text(
        "比率没有写 %，而且大得不像比率：95 即 9500%。写作 95%。",
        "A ratio without a % sign is too large to be one: 95 is 9500%. Write 95%.",
    ),
    "indicator-without-rule": Text(
        "指标没有评价标准，它的分值无从评定。",
        "An indicator has no rule, so its points cannot be scored.",
    ),
    "key-without-effect": Text(
        "这一项在这里不起作用。",
        "A key has no effect here.",
    ),
    "look-alike": Text(
        "看起来相同、其实不是通常写法的字符：全角数字、看不见的字符、⩽ 等。能认出的按通常的字符读，并提示改写；认不出的是错误。",
        "Characters that only look like the usual ones: full-width digits, invisible characters, ⩽ and others. Those that can be told are read as meant, and pointed out; the others are errors.",
    ),
    "missing-bracket": Text(
        "括号不成对。",
        "A bracket has no partner.",
    ),
    "missing-space": Text(
        "名称一直读到空格或符号为止，后面的关键词被读进了名称。用空格断开。",
        "A name runs to the next space or sign and has swallowed the keyword behind it. Put a space.",
    ),
    "more-faults": Text(
        "问题太多，只列出前面的。先改正这些，再运行一次。",
        "There are too many faults; only the first are listed. Mend these and run again.",
    ),
    "negative": Text(
        "这个数不能为负。确实可为负时，在基础数据表里写“可为负”。",
        "This figure cannot be negative. Declare 'may be negative' in the form if it may.",
    ),
    "no-band": Text(
        "指标值不在任何一档。",
        "The measure is in no band.",
    ),
    "no-indicators": Text(
        "文件里没有任何指标。",
        "The file holds no indicators.",
    ),
    "no-measure": Text(
        "这种计分办法需要指标值。",
        "This form needs a measure.",
    ),
    "no-pool": Text(
        "指标写了共用，但没有共用分值。",
        "An indicator is shared, but there is no pool.",
    ),
    "not-a-number": Text(
        "不是数字。写作 12、3.60 或 95.1%。",
        "Not a number. Write 12, 3.60 or 95.1%.",
    ),
    "not-whole": Text(
        "这个数要填整数。",
        "This figure must be a whole number.",
    ),
    "out-of-range": Text(
        "评定的数不在规定的范围内。",
        "A rating lies outside of its bounds.",
    ),
    "outside-indicator": Text(
        "这一句不属于任何指标。",
        "The statement belongs to no indicator.",
    ),
    "override-out-of-range": Text(
        "人工认定的得分超出了指标分值的范围。",
        "A score set by hand lies outside of the indicator's points.",
    ),
    "override-without-reason": Text(
        "人工认定要写得分和理由。",
        "A score set by hand needs a score and a reason.",
    ),
    "override-without-score": Text(
        "人工认定没有写得分。",
        "An override has no score.",
    ),
    "percent-and-number": Text(
        "比率不能与没有单位的数相加或比较。比率写作 100%。",
        "A ratio cannot be added to or compared with a bare number. Write a ratio as 100%.",
    ),
    "points-not-said": Text(
        "标题没有分值。",
        "A heading has no points.",
    ),
    "points-sum": Text(
        "下级分值之和与上级不同。",
        "The parts' points do not sum to the heading's.",
    ),
    "row-without-columns": Text(
        "行前面没有写“列”。",
        "No columns are declared before this row.",
    ),
    "stray-text": Text(
        "这段文字不属于任何语句。",
        "The text belongs to no statement.",
    ),
    "syntax": Text(
        "语句无法识别。消息里列出了这里可以写什么。",
        "The statement cannot be read. The message lists what could stand there.",
    ),
    "too-deep": Text(
        "嵌套太深。",
        "Nested too deep.",
    ),
    "too-large": Text(
        "文件太大。",
        "The file is too large.",
    ),
    "too-long": Text(
        "语句太长。",
        "The statement is too long.",
    ),
    "unclosed-quote": Text(
        "引号没有对应的另一半。",
        "A quote is never closed.",
    ),
    "unit-mismatch": Text(
        "单位不同的数不能相加或比较。",
        "Figures of different units cannot be added or compared.",
    ),
    "unknown-choice": Text(
        "填的不是可选的等次。",
        "The rating is none of the choices.",
    ),
    "unknown-figure": Text(
        "指标体系里没有这个数据项。",
        "The rubric has no such figure.",
    ),
    "unknown-indicator": Text(
        "没有这个指标。",
        "There is no such indicator.",
    ),
    "unknown-key": Text(
        "数据文件里不认识的一项。",
        "A key of the data file means nothing.",
    ),
    "unknown-name": Text(
        "公式里的名称没有在基础数据表里写明。",
        "A name in a formula is not declared in the data form.",
    ),
    "unknown-source": Text(
        "“采用”写的来源不在“各来源”里。",
        "'used' names a source that is not among those stated.",
    ),
    "value-given-twice": Text(
        "同一个数给了两次。",
        "A figure is given twice.",
    ),
    "wrong-edition": Text(
        "数据与指标体系的年度不同。",
        "The data and the rubric are of different editions.",
    ),
    "wrong-shape": Text(
        "这里的写法不对：要一个值的地方写了一层，或要一层的地方写了一个值。",
        "A single value stands where a level is expected, or the reverse.",
    ),
    "wrong-unit": Text(
        "单位与基础数据表不同，不能换算。",
        "The unit differs from the form's and does not convert.",
    ),
    "yaml-alias": Text(
        "数据文件里不能用 & 和 * 引用。",
        "References with & and * are not allowed in data files.",
    ),
    "yaml-documents": Text(
        "一个文件只写一份文档。",
        "A file holds one document.",
    ),
    "yaml-tag": Text(
        "数据文件里不能用 ! 标记。",
        "Marks with ! are not allowed in data files.",
    ),
    "zero-denominator": Text(
        "分母为零，规则没有说明怎样计分。写明“不适用当 …”。",
        "The denominator is zero and the rule does not say what then. Write 'not applicable when …'.",
    ),
}
