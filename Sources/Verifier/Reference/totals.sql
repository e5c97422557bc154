-- All orders in one row (R40).
SELECT COALESCE(SUM(order_count), 0) AS total_orders,
    COALESCE(SUM(total_quantity), 0) AS total_quantity,
    exact_sum(total_revenue) AS total_revenue,
    exact_average(exact_sum(total_revenue), COALESCE(SUM(order_count), 0)) AS average_order_value,
    exact_average(exact_sum(total_price), COALESCE(SUM(order_count), 0)) AS avg_price
FROM order_sums;
