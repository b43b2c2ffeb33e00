-- The seed's rubric, written by hand for DuckDB: exact, in hundredths and tenths of a point, for complete rows.
WITH hundredths AS (
  SELECT
    "row",
    "在职人员数" AS staff, "编制数" AS quota, "计划产出数" AS planned, "实际产出数" AS done,
    CAST("三公经费[2019年预算数]" * 100 AS BIGINT) AS three_plan, CAST("三公经费[2019年决算数]" * 100 AS BIGINT) AS three_spent,
    CAST("上年度“三公经费”预算数" * 100 AS BIGINT) AS three_before, CAST("上年结转" * 100 AS BIGINT) AS carried,
    CAST("年初预算" * 100 AS BIGINT) AS initial, CAST("本年追加预算" * 100 AS BIGINT) AS added, CAST("年末结余" * 100 AS BIGINT) AS remaining,
    CAST("批准建设面积" * 100 AS BIGINT) AS area, CAST("实际建设面积" * 100 AS BIGINT) AS built,
    CAST("批准投资金额" * 100 AS BIGINT) AS granted, CAST("实际投资金额" * 100 AS BIGINT) AS invested,
    CAST("公用经费[2019年预算数]" * 100 AS BIGINT) AS public_plan, CAST("公用经费[2019年决算数]" * 100 AS BIGINT) AS public_spent,
    CAST("政府采购金额[2019年预算数]" * 100 AS BIGINT) AS bought_plan, CAST("政府采购金额[2019年决算数]" * 100 AS BIGINT) AS bought_spent,
    "满意度", "行政0效能", "经济效益", "社会效益",
    "管理制度健全性[①]" AS rule1, "管理制度健全性[②]" AS rule2, "管理制度健全性[③]" AS rule3, "管理制度健全性[④]" AS rule4,
    "资金使用合规性[①]" + "资金使用合规性[②]" + "资金使用合规性[③]" + "资金使用合规性[④]" + "资金使用合规性[⑤]" AS breaches,
    "预决算信息公开性[①]" AS open1, "预决算信息公开性[②]" AS open2, "预决算信息公开性[③]" AS open3, "预决算信息公开性[④]" AS open4,
    "预决算信息公开性[⑤]" AS open5
  FROM submissions
), tenths AS (
  SELECT
    "row", planned,
    CASE WHEN staff <= quota THEN 50 ELSE GREATEST(0, 50 - 5 * ((staff - quota) * 100 // quota)) END AS s1,
    CASE WHEN three_plan <= three_before THEN 80 ELSE GREATEST(0, 80 - 8 * ((three_plan - three_before) * 100 // three_before)) END AS s2,
    CASE WHEN remaining <= 0 THEN 50 ELSE GREATEST(0, 50 - 20 * (remaining * 20 // (carried + initial + added))) END AS s3,
    CASE WHEN added <= 0 THEN 50 WHEN added * 10 <= initial THEN 40 WHEN added * 10 <= initial * 2 THEN 30 WHEN added * 10 <= initial * 3 THEN 20 ELSE 0 END AS s4,
    CASE WHEN area = 0 THEN CASE WHEN built = 0 THEN 50 ELSE 0 END WHEN built <= area THEN 50 ELSE GREATEST(0, 50 - 20 * ((built - area) * 20 // area)) END AS s5,
    CASE WHEN granted = 0 THEN CASE WHEN invested = 0 THEN 50 ELSE 0 END WHEN invested <= granted THEN 50 ELSE GREATEST(0, 50 - 20 * ((invested - granted) * 20 // granted)) END AS s6,
    CASE WHEN public_spent <= public_plan THEN 80 ELSE GREATEST(0, 80 - 10 * ((public_spent - public_plan) * 100 // public_plan)) END AS s7,
    CASE WHEN three_spent <= three_plan THEN 80 ELSE GREATEST(0, 80 - 10 * ((three_spent - three_plan) * 100 // three_plan)) END AS s8,
    GREATEST(0, 60 - 20 * (ABS(bought_spent - bought_plan) * 20 // bought_plan)) AS s9,
    CASE rule1 WHEN '是' THEN 20 WHEN '否' THEN 0 END + CASE rule2 WHEN '是' THEN 20 WHEN '否' THEN 0 END
      + CASE rule3 WHEN '是' THEN 20 WHEN '否' THEN 0 END + CASE rule4 WHEN '是' THEN 20 WHEN '否' THEN 0 END AS s10,
    GREATEST(0, 60 - 10 * breaches) AS s11,
    CASE open1 WHEN '是' THEN 10 WHEN '否' THEN 0 END + CASE open2 WHEN '是' THEN 10 WHEN '否' THEN 0 END + CASE open3 WHEN '是' THEN 10 WHEN '否' THEN 0 END
      + CASE open4 WHEN '是' THEN 10 WHEN '否' THEN 0 END + CASE open5 WHEN '是' THEN 10 WHEN '否' THEN 0 END AS s12,
    LEAST(done, planned) * 80 AS s13,
    "经济效益" * 10 AS s14, "社会效益" * 10 AS s15,
    CASE "行政0效能" WHEN '较好' THEN 60 WHEN '一般' THEN 30 WHEN '无效果或者效果不明显' THEN 0 END AS s16,
    CASE WHEN "满意度" >= 0.9 THEN 60 WHEN "满意度" >= 0.8 THEN 40 WHEN "满意度" >= 0.7 THEN 20 ELSE 0 END AS s17
  FROM hundredths
)
SELECT
  "row", s1 * 0.1 AS s1, s2 * 0.1 AS s2, s3 * 0.1 AS s3, s4 * 0.1 AS s4, s5 * 0.1 AS s5, s6 * 0.1 AS s6, s7 * 0.1 AS s7, s8 * 0.1 AS s8, s9 * 0.1 AS s9,
  s10 * 0.1 AS s10, s11 * 0.1 AS s11, s12 * 0.1 AS s12, s13 AS s13_numerator, planned * 10 AS s13_denominator, s14 * 0.1 AS s14, s15 * 0.1 AS s15,
  s16 * 0.1 AS s16, s17 * 0.1 AS s17,
  (s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11 + s12 + LEAST(s14 + s15, 60) + s16 + s17) * planned + s13 AS total_numerator,
  planned * 10 AS total_denominator
FROM tenths
