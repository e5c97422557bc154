-- Orders by weekday in UTC (R27), 1 Sunday to 7 Saturday. 1970-01-01 was a Thursday, 5.
WITH RECURSIVE
week(day) AS (VALUES (1) UNION ALL SELECT day + 1 FROM week WHERE day < 7)
SELECT day AS day_of_week,
    COALESCE(SUM(order_count), 0) AS order_count,
    exact_sum(total_revenue) AS total_revenue
FROM week
LEFT JOIN order_sums ON (order_sums.hour / 24 + 4) % 7 + 1 = day
GROUP BY day
ORDER BY day;
