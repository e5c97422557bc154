-- The verifier's tables made from a run's log, for people: see 006-exact-verification.md.
-- Which records are rejects is taken from the engine, and prices go through `round`. The verifier does
-- neither; it is good enough to look around.
.read Sources/Verifier/Reference/schema.sql
CREATE TABLE raw (part INTEGER, pos INTEGER, line TEXT);
.mode ascii
.import /tmp/records raw
.mode box
DELETE FROM raw WHERE (part, pos) IN (SELECT partition, position FROM run.dead_letters);
INSERT INTO ranges SELECT batch_id, partition, start, "end" FROM run.batches;
INSERT INTO window_kinds VALUES (0, 60000000, 60000000, 0), (1, 300000000, 60000000, 0);
INSERT INTO categories (name) SELECT DISTINCT line ->> 'category' FROM raw;
INSERT INTO valid
SELECT raw.part, pos, batch,
    unixepoch(substr(line ->> 'timestamp', 1, 19)) * 1000000 + substr(line ->> 'timestamp', 21, 6),
    0, category, CAST(round(10000 * (line ->> 'price')) AS INTEGER), line ->> 'quantity', NULL
FROM raw
JOIN categories ON name = line ->> 'category'
JOIN ranges ON ranges.part = raw.part AND pos >= start AND pos < "end";

-- The watermark delay of scenarios/late-data.json in microseconds, then the reference's own files.
.param set :delay 120000000
.read Sources/Verifier/Reference/bounds_record.sql
.read Sources/Verifier/Reference/behind_record.sql
.read Sources/Verifier/Reference/mark_behind.sql
.read Sources/Verifier/Reference/late_pairs.sql
SELECT batch_id, sum(late_pairs) AS late_pairs_of_the_engine FROM run.batches GROUP BY batch_id;

-- Windows of one minute.
SELECT count(*) AS windows_that_differ
FROM (
    SELECT ts / 60000000 * 60000000 AS window_start, name, count(*), sum(quantity),
        printf('%d.%04d', sum(price4 * quantity) / 10000, sum(price4 * quantity) % 10000)
    FROM valid JOIN categories USING (category)
    WHERE bound IS NULL OR ts / 60000000 * 60000000 + 60000000 > bound
    GROUP BY window_start, name
    EXCEPT
    SELECT window_start, category, order_count, total_quantity, total_revenue
    FROM run.windows WHERE window_end - window_start = 60000000
);
