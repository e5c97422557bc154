-- The one pass over all orders up to batch :batch. All queries add up cells instead of reading the
-- orders again.
INSERT INTO cells
SELECT product,
    ts / :granule * :granule AS granule_start,
    CASE WHEN price4 < 500000 THEN 0 WHEN price4 < 2000000 THEN 1 ELSE 2 END AS band,
    bound,
    COUNT(*), SUM(quantity), exact_sum(price4 * quantity), exact_sum(price4)
FROM valid
WHERE batch <= :batch
GROUP BY product, granule_start, band, bound;
