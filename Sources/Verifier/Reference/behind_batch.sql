-- Policy `batch` (R35): the window must end after the late floor of the order's batch.
-- A window that holds an order ends after its event time: only orders below the bound can miss one.
INSERT INTO behind (part, pos, batch, ts, bound)
SELECT part, pos, valid.batch, ts, late_floor
FROM valid
JOIN bounds ON bounds.batch = valid.batch
WHERE ts < late_floor;
