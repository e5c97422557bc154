-- Orders by product, hour since 1970 and price band (R27).
INSERT INTO order_sums
SELECT product, granule_start / 3600000000 AS hour, band,
    SUM(order_count), SUM(total_quantity), exact_sum(total_revenue), exact_sum(total_price)
FROM cells
GROUP BY product, hour, band;
