-- Every order goes into every window that contains its event time (R30) and still takes it (R33,
-- R35). Windows start at offset + k * slide; `step` goes back from the last one that can hold the
-- order. (One slide is added before the division, which rounds towards zero, and taken off after it:
-- an order before the first offset belongs to a window that starts before 1970.)
--
-- A window ends where a granule ends: it holds an order when it ends after the order's granule
-- starts.
INSERT INTO window_sums
WITH RECURSIVE
steps(step) AS (
    VALUES (0)
    UNION ALL
    SELECT step + :slide FROM steps WHERE step + :slide < :size
),
pairs AS (
    SELECT cells.*,
        ((granule_start - :offset + :slide) / :slide - 1) * :slide + :offset - step AS window_start
    FROM cells, steps
)
SELECT :kind, window_start, window_start + :size, category,
    SUM(order_count), SUM(total_quantity), exact_sum(total_revenue), exact_sum(total_price)
FROM pairs
JOIN products USING (product)
WHERE window_start + :size > granule_start
    AND (bound IS NULL OR window_start + :size > bound)
GROUP BY window_start, category;
