-- One pass over all orders up to batch :batch (R27, R40). The queries add up these few rows instead
-- of reading the orders again.
INSERT INTO order_sums
SELECT product, ts / 3600000000 AS hour,
    CASE WHEN price4 < 500000 THEN 0 WHEN price4 < 2000000 THEN 1 ELSE 2 END AS band,
    COUNT(*), SUM(quantity), exact_sum(price4 * quantity), exact_sum(price4)
FROM valid
WHERE batch <= :batch
GROUP BY product, hour, band;
