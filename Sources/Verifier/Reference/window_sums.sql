-- Every order goes into every window that contains its event time (R30) and still takes it (R33,
-- R35). Windows start at offset + k * slide; `step` goes back from the last one that can hold the
-- order. (One slide is added before the division, which rounds towards zero, and taken off after it:
-- an order before the first offset belongs to a window that starts before 1970.)
INSERT INTO window_sums
WITH RECURSIVE
steps(step) AS (
    VALUES (0)
    UNION ALL
    SELECT step + :slide FROM steps WHERE step + :slide < :size
),
pairs AS (
    SELECT valid.*,
        ((ts - :offset + :slide) / :slide - 1) * :slide + :offset - step AS window_start
    FROM valid, steps
)
SELECT :kind, window_start, window_start + :size, category, pairs.batch,
    COUNT(*), SUM(quantity), exact_sum(price4 * quantity), exact_sum(price4)
FROM pairs
LEFT JOIN behind ON behind.part = pairs.part AND behind.pos = pairs.pos
WHERE window_start + :size > pairs.ts
    AND (bound IS NULL OR window_start + :size > bound)
GROUP BY window_start, category, pairs.batch;
