-- Windows by category after batch :batch. A window is final from the first batch on whose watermark
-- has reached its end (R36). Windows without an order are not there. Where two windowed queries have
-- the same window, it is published once.
WITH
once AS (
    -- SQLite takes the other columns from the row with the least kind.
    SELECT MIN(kind), window_start, window_end, category,
        order_count, total_quantity, total_revenue, total_price
    FROM window_sums
    GROUP BY window_start, window_end, category
),
dated AS (
    SELECT once.*,
        (SELECT MIN(bounds.batch) FROM bounds
         WHERE watermark >= window_end AND bounds.batch <= :batch) AS batch_id
    FROM once
)
SELECT window_start, window_end, name AS category, order_count, total_quantity, total_revenue,
    exact_average(total_price, order_count) AS avg_price, batch_id IS NOT NULL AS final, batch_id
FROM dated
JOIN categories USING (category)
ORDER BY window_start, window_end, name;
