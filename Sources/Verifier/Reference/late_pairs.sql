-- How many (order, window) pairs of each batch did not contribute (R38): the pairs that
-- window_sums.sql leaves out.
WITH RECURSIVE
steps(kind, size, slide, offset, step) AS (
    SELECT kind, size, slide, offset, 0 FROM window_kinds
    UNION ALL
    SELECT kind, size, slide, offset, step + slide FROM steps WHERE step + slide < size
),
pairs AS (
    SELECT behind.*, size,
        ((ts - offset + slide) / slide - 1) * slide + offset - step AS window_start
    FROM behind, steps
)
SELECT batch, COUNT(*) AS late_pairs
FROM pairs
WHERE window_start + size > ts AND window_start + size <= bound
GROUP BY batch;
