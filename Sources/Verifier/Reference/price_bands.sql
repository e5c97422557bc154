-- Orders by price band (R27). A band without orders is there with zeros.
SELECT name AS price_category,
    COALESCE(SUM(order_count), 0) AS order_count,
    exact_sum(total_revenue) AS total_revenue
FROM price_bands
LEFT JOIN order_sums USING (band)
GROUP BY band
ORDER BY band;
