"""Rubrics whose data are written and read back: the official one, one with hostile names, and those to start from."""

from __future__ import annotations

from pathlib import Path

import rubric_dsl as rd
from rubric_dsl.diagnostics import Lang

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "rubrics/yuhua/2019-science-bureau.yaml"
YUHUA = rd.load(ROOT / "rubrics/yuhua/2019.rubric")
HOSTILE = rd.loads("""指标体系 “=名: 称 #1” 年度 “ @年”
满分 10
计步 整步
基础数据表
  组 “# 组: 一”
  “a: b #c”：“微|克”，“说明: #一
    第二行”
  “=SUM(A1)”：元
  “null”：人，整数，可为负
  “年度”：年
  “- x”：比率
  “自评[甲]”：元
  “\\a"b”：元
  列 “值”，备注
  行 来源：万元
  列 一，“二, 三”
  行 一再：元
  行 隔开：元
  列 四
  行 一再：元
  计算 和：元 = 一再[四] + 隔开[一]
一级指标 一 10
三级指标 “甲: #” 4
  评价标准 评为 “好, 的” 计4；评为 “null” 计0
三级指标 乙 3
  评价标准 ① “有: #1” 1；② “无” 2
三级指标 丙 3
  评价标准 每出现 1例 扣1分，扣完为止
""")
STARTERS = tuple(rd.loads(rd.new_rubric("示例", "2025", 100, lang)) for lang in ("zh", "en"))
RUBRICS = (YUHUA, HOSTILE, *STARTERS)
LANGS: tuple[Lang, ...] = ("zh", "en")
