-- The greatest event time of each partition's valid orders up to each batch (H at the batch's end,
-- R34), and whether the partition delivered anything in that batch.
WITH
batch_high AS (
    SELECT batch, part, start, "end",
        (SELECT MAX(ts) FROM valid
         WHERE valid.part = ranges.part AND pos >= start AND pos < "end") AS ts
    FROM ranges
)
SELECT batch, part, MAX(ts) OVER (PARTITION BY part ORDER BY batch) AS high, "end" > start AS delivered
FROM batch_high
ORDER BY batch, part;
