-- Revenue by category: SEED.md's query over the sums of order_sums.sql (R41). Its count has two
-- names, SEED.md's and the one that all queries have.
--
--     SELECT category,
--            COUNT(*) AS total_orders,
--            SUM(price * quantity) AS total_revenue,
--            AVG(price) AS avg_price
--     FROM orders
--     GROUP BY category
--     ORDER BY total_revenue DESC
SELECT name AS category,
    SUM(order_count) AS total_orders,
    SUM(order_count) AS order_count,
    SUM(total_quantity) AS total_quantity,
    exact_sum(total_revenue) AS total_revenue,
    exact_average(exact_sum(total_price), SUM(order_count)) AS avg_price,
    COUNT(DISTINCT product_id) AS unique_products
FROM order_sums
JOIN products USING (product)
JOIN categories ON categories.category = products.category
GROUP BY categories.category
ORDER BY 5 DESC, name;
