-- How many orders of each batch no window took (R38). Of the windows that hold an order, the one
-- that starts last ends last: when it did not take the order, none of its kind did.
SELECT batch, COUNT(*) AS late_records
FROM behind
WHERE NOT EXISTS (
    SELECT 1 FROM window_kinds
    WHERE ((ts - offset + slide) / slide - 1) * slide + offset + size > bound
)
GROUP BY batch;
