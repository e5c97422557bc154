-- Where the orders are so few for their time and products that hardly two would share a cell, every
-- order is a cell of its own, and nothing is stored.
CREATE VIEW cells AS
SELECT product, granule_start, band, bound,
    1 AS order_count,
    quantity AS total_quantity,
    price4 * quantity AS total_revenue,
    price4 AS total_price
FROM placed;
