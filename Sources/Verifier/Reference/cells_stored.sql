-- The one pass over all orders: orders that share product, granule, band and bound are in the same
-- groups, so that all queries can add up these cells instead of reading the orders again.
CREATE TABLE cells AS
SELECT product, granule_start, band, bound,
    COUNT(*) AS order_count,
    SUM(quantity) AS total_quantity,
    exact_sum(price4 * quantity) AS total_revenue,
    exact_sum(price4) AS total_price
FROM placed
GROUP BY product, granule_start, band, bound;
