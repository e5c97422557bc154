-- Policy `record` (R34): F(n) is the greatest value so far of the least, over all partitions, of
-- (greatest event time so far - delay). A partition without a valid order holds it at minus infinity.
INSERT INTO bounds (batch, late_floor, watermark)
WITH
batch_high AS (
    SELECT batch, part,
        (SELECT MAX(ts) FROM valid
         WHERE valid.part = ranges.part AND pos >= start AND pos < "end") AS ts
    FROM ranges
),
high AS (
    SELECT batch, part, MAX(ts) OVER (PARTITION BY part ORDER BY batch) AS ts
    FROM batch_high
),
slowest AS (
    -- COUNT(ts) leaves out the partitions that have no valid order yet.
    SELECT batch, CASE WHEN COUNT(ts) = COUNT(*) THEN MIN(ts) - :delay END AS ts
    FROM high
    GROUP BY batch
),
final AS (
    SELECT batch, MAX(ts) OVER (ORDER BY batch) AS watermark
    FROM slowest
)
SELECT batch, LAG(watermark) OVER (ORDER BY batch), watermark
FROM final;
