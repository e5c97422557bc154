/// The checkpoint's tables. Anyone can read them with the `sqlite3` program; money is decimal text.
enum CheckpointSchema {
    /// `PRAGMA application_id` of a checkpoint: "ASEE".
    static let applicationID: Int64 = 0x4153_4545
    /// `PRAGMA user_version`: raised with every change of the tables.
    static let version: Int64 = 1

    static let sql = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
        CREATE TABLE positions (
            partition INTEGER PRIMARY KEY, position INTEGER NOT NULL, high_time INTEGER);
        CREATE TABLE batches (
            batch_id INTEGER NOT NULL, partition INTEGER NOT NULL, start INTEGER NOT NULL,
            "end" INTEGER NOT NULL, records INTEGER NOT NULL, valid INTEGER NOT NULL,
            rejected INTEGER NOT NULL, late_pairs INTEGER NOT NULL, late_records INTEGER NOT NULL,
            crc32c INTEGER NOT NULL, future_bound INTEGER NOT NULL, late_floor INTEGER,
            watermark INTEGER, epoch INTEGER NOT NULL, PRIMARY KEY (batch_id, partition)
        ) WITHOUT ROWID;
        CREATE TABLE products (
            id INTEGER PRIMARY KEY, product_id TEXT NOT NULL, product_name TEXT NOT NULL,
            category TEXT NOT NULL, order_count INTEGER NOT NULL, total_quantity INTEGER NOT NULL,
            total_revenue TEXT NOT NULL, price_sum TEXT NOT NULL);
        CREATE TABLE categories (
            category TEXT PRIMARY KEY, order_count INTEGER NOT NULL,
            total_quantity INTEGER NOT NULL, total_revenue TEXT NOT NULL, price_sum TEXT NOT NULL,
            unique_products INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE windows (
            window_start INTEGER NOT NULL, window_end INTEGER NOT NULL, category TEXT NOT NULL,
            order_count INTEGER NOT NULL, total_quantity INTEGER NOT NULL,
            total_revenue TEXT NOT NULL, price_sum TEXT NOT NULL, final_batch INTEGER,
            PRIMARY KEY (window_start, window_end, category)) WITHOUT ROWID;
        CREATE INDEX windows_by_final_batch ON windows (final_batch) WHERE final_batch IS NOT NULL;
        CREATE TABLE totals (
            name TEXT PRIMARY KEY, order_count INTEGER NOT NULL, total_quantity INTEGER NOT NULL,
            total_revenue TEXT NOT NULL, price_sum TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE rejects (reason TEXT PRIMARY KEY, records INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE latest_orders (
            rank INTEGER PRIMARY KEY, order_id TEXT NOT NULL, product_id TEXT NOT NULL,
            product_name TEXT NOT NULL, category TEXT NOT NULL, price TEXT NOT NULL,
            quantity INTEGER NOT NULL, event_time INTEGER NOT NULL, partition INTEGER NOT NULL,
            position INTEGER NOT NULL);
        CREATE TABLE outbox (batch_id INTEGER PRIMARY KEY, windows INTEGER NOT NULL);
        CREATE TABLE dead_letters (
            partition INTEGER NOT NULL, position INTEGER NOT NULL, batch_id INTEGER NOT NULL,
            reason TEXT NOT NULL, byte_count INTEGER NOT NULL, record BLOB NOT NULL,
            PRIMARY KEY (partition, position)) WITHOUT ROWID;
        """
}
