-- Orders by hour of the day in UTC (R27), 0 to 23.
WITH RECURSIVE
day(hour_of_day) AS (VALUES (0) UNION ALL SELECT hour_of_day + 1 FROM day WHERE hour_of_day < 23)
SELECT hour_of_day AS hour,
    COALESCE(SUM(order_count), 0) AS order_count,
    exact_sum(total_revenue) AS total_revenue
FROM day
LEFT JOIN order_sums ON order_sums.hour % 24 = hour_of_day
GROUP BY hour_of_day
ORDER BY hour_of_day;
