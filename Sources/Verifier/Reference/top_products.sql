-- Top products by order count: SEED.md's query over the sums of order_sums.sql (R41). A product is
-- one (product_id, product_name, category), so that its number stands for the three.
--
--     SELECT product_id, product_name, category,
--            COUNT(*) AS order_count,
--            SUM(quantity) AS total_quantity,
--            SUM(price * quantity) AS total_revenue
--     FROM orders
--     GROUP BY product_id, product_name, category
--     ORDER BY order_count DESC
SELECT product_id, product_name, name AS category,
    SUM(order_count) AS order_count,
    SUM(total_quantity) AS total_quantity,
    exact_sum(total_revenue) AS total_revenue,
    exact_average(exact_sum(total_price), SUM(order_count)) AS avg_price
FROM order_sums
JOIN products USING (product)
JOIN categories ON categories.category = products.category
GROUP BY product
ORDER BY 4 DESC, 6 DESC, product_id, product_name, name
LIMIT :limit;
