-- Policy `record` (R33): the window must end after H - delay, H being the greatest event time of
-- the partition up to and including the order itself, and after the watermark of the batch before.
-- A window that holds an order ends after its event time: only orders below the bound can miss one.
INSERT INTO behind (part, pos, batch, ts, bound)
WITH
in_log_order AS (
    SELECT part, pos, batch, ts,
        MAX(ts) OVER (PARTITION BY part ORDER BY pos ROWS UNBOUNDED PRECEDING) - :delay AS limit_ts
    FROM valid
),
bounded AS (
    SELECT part, pos, in_log_order.batch, ts, MAX(limit_ts, COALESCE(late_floor, limit_ts)) AS bound
    FROM in_log_order
    JOIN bounds ON bounds.batch = in_log_order.batch
)
SELECT part, pos, batch, ts, bound FROM bounded WHERE ts < bound;
