-- The log as tables. The verifier fills them in log order and then runs the other files of this
-- folder in the order bounds, behind, mark_behind, cells, window_sums; the rest are the queries.
--
-- Times are UTC microseconds since 1970. Money is in ten-thousandths, so that every sum is a sum of
-- integers. exact_sum is SUM for sums that need more than 64 bits; exact_average(sum, count) is
-- sum / count with four decimals more, rounded half up. Text compares by its UTF-8 bytes (R26),
-- which is SQLite's BINARY collation and the default.

-- Categories after cleaning (R25).
CREATE TABLE categories (
    category INTEGER PRIMARY KEY,
    name     TEXT NOT NULL
);

-- What SEED.md groups products by (R41).
CREATE TABLE products (
    product      INTEGER PRIMARY KEY,
    product_id   TEXT NOT NULL,
    product_name TEXT NOT NULL,
    category     INTEGER NOT NULL
);

-- Valid orders that were consumed. The primary key is the log order within a partition (R1).
CREATE TABLE valid (
    part     INTEGER,
    pos      INTEGER,
    batch    INTEGER NOT NULL,
    ts       INTEGER NOT NULL,
    product  INTEGER NOT NULL,
    category INTEGER NOT NULL,
    price4   INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    bound    INTEGER,           -- see `behind`; NULL where every window takes the order
    PRIMARY KEY (part, pos)
) WITHOUT ROWID;

-- Rejected records that were consumed, each with its one reason (R10).
CREATE TABLE rejected (
    part       INTEGER,
    pos        INTEGER,
    batch      INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    byte_count INTEGER NOT NULL,
    PRIMARY KEY (part, pos)
) WITHOUT ROWID;

-- How the engine cut the log: one range of positions for each batch and partition (R45).
CREATE TABLE ranges (
    batch INTEGER,
    part  INTEGER,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    PRIMARY KEY (batch, part)
) WITHOUT ROWID;

-- The late floor and the watermark F of each batch; NULL is minus infinity (R34, R35).
CREATE TABLE bounds (
    batch      INTEGER PRIMARY KEY,
    late_floor INTEGER,
    watermark  INTEGER
);

-- The orders that came so late that a window which holds them may be closed already: a window takes
-- them only when it ends after `bound` (R33, R35). All other orders are taken by all their windows.
CREATE TABLE behind (
    part  INTEGER,
    pos   INTEGER,
    batch INTEGER NOT NULL,
    ts    INTEGER NOT NULL,
    bound INTEGER NOT NULL,
    PRIMARY KEY (part, pos)
) WITHOUT ROWID;

-- The windows of the run (R30): one row a windowed query.
CREATE TABLE window_kinds (
    kind   INTEGER PRIMARY KEY,
    size   INTEGER NOT NULL,
    slide  INTEGER NOT NULL,
    offset INTEGER NOT NULL
);

-- The orders up to some batch, summed by all that decides in which groups they are: product, price
-- band, bound, and a granule of time. The granule is the greatest common divisor of an hour and of
-- all window sizes, slides and offsets: no window and no hour begins or ends inside of one.
CREATE TABLE cells (
    product        INTEGER NOT NULL,
    granule_start  INTEGER NOT NULL,
    band           INTEGER NOT NULL,
    bound          INTEGER,
    order_count    INTEGER NOT NULL,
    total_quantity INTEGER NOT NULL,
    total_revenue  NOT NULL,
    total_price    NOT NULL
);

-- The cells summed by product, hour since 1970 and band (R27).
CREATE TABLE order_sums (
    product        INTEGER,
    hour           INTEGER,
    band           INTEGER,
    order_count    INTEGER NOT NULL,
    total_quantity INTEGER NOT NULL,
    total_revenue  NOT NULL,
    total_price    NOT NULL,
    PRIMARY KEY (product, hour, band)
) WITHOUT ROWID;

-- The cells summed by window and category (R30).
CREATE TABLE window_sums (
    kind           INTEGER,
    window_start   INTEGER,
    window_end     INTEGER NOT NULL,
    category       INTEGER,
    order_count    INTEGER NOT NULL,
    total_quantity INTEGER NOT NULL,
    total_revenue  NOT NULL,
    total_price    NOT NULL,
    PRIMARY KEY (kind, window_start, category)
) WITHOUT ROWID;

-- Bands by unit price (R27): from this price in ten-thousandths, up to the next one's.
CREATE TABLE price_bands (
    band INTEGER PRIMARY KEY,
    name TEXT NOT NULL
);
INSERT INTO price_bands VALUES (0, 'Budget'), (1, 'Mid-range'), (2, 'Premium');

-- One order a row with all its texts, for people who look around here.
CREATE VIEW orders AS
SELECT part, pos, batch, ts, product_id, product_name, categories.name AS category, price4, quantity
FROM valid
JOIN products USING (product)
JOIN categories ON categories.category = valid.category;
