-- The orders with the greatest (event time, partition, position), greatest first.
SELECT valid.part AS partition, valid.pos AS position, valid.ts, product_id, product_name, name AS category,
    price4, quantity,
    price4 * quantity AS total_value,
    CASE WHEN price4 < 500000 THEN 'Budget' WHEN price4 < 2000000 THEN 'Mid-range'
        ELSE 'Premium' END AS price_category,
    valid.ts / 3600000000 % 24 AS hour,
    (valid.ts / 86400000000 + 4) % 7 + 1 AS day_of_week
FROM (
    SELECT part, pos, ts FROM valid WHERE batch <= :batch
    ORDER BY ts DESC, part DESC, pos DESC
    LIMIT :limit
) AS latest
JOIN valid ON valid.part = latest.part AND valid.pos = latest.pos
JOIN products USING (product)
JOIN categories ON categories.category = valid.category
ORDER BY valid.ts DESC, valid.part DESC, valid.pos DESC;
