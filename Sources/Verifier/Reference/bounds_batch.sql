-- Policy `batch` (R35): W(0) = 0; W(n+1) = max(W(n), M - delay), M the greatest event time of the
-- batches up to n over all partitions, cut to milliseconds. W(n) is the watermark of batch n, and
-- W(n-1) decides which windows still take its orders.
INSERT INTO bounds (batch, late_floor, watermark)
WITH
batch_high AS (
    SELECT batch,
        MAX((SELECT MAX(ts) FROM valid
             WHERE valid.part = ranges.part AND pos >= start AND pos < "end")) AS ts
    FROM ranges
    GROUP BY batch
),
high AS (
    SELECT batch, MAX(ts) OVER (ORDER BY batch) AS ts
    FROM batch_high
),
w AS (
    -- M never falls, so that the greatest M - delay is the last one.
    SELECT batch,
        MAX(0, COALESCE(LAG(ts) OVER (ORDER BY batch) / 1000 * 1000 - :delay, 0)) AS watermark
    FROM high
)
SELECT batch, COALESCE(LAG(watermark) OVER (ORDER BY batch), 0), watermark
FROM w;
