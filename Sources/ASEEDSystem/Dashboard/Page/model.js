// What the dashboard has said, as one object: a snapshot replaces it, updates change it.

import { micros, millis } from "./format.js";

const maxWindows = 1000;
const maxBuckets = 120;

/** -1, 0 or 1: the order of two results of a run. */
function compareVersions(a, b) {
    const [x, y] = [Number(a.epoch) - Number(b.epoch), Number(a.batch_id) - Number(b.batch_id)];
    return Math.sign(x !== 0 ? x : y);
}

const windowKey = (row) => `${row.window_start} ${row.window_end} ${row.category}`;

export class Model {
    /** The body of GET /api/analytics, kept up to date; null before the first. */
    data = null;
    windows = new Map();
    /** What is to be added to this machine's clock to read the server's, in ms. */
    clockOffset = 0;
    /** When something of the run was last accepted, by the server's clock, in ms; null when never. */
    lastResultMs = null;

    /** The server's time. */
    now() { return Date.now() + this.clockOffset; }

    get hasOrders() { return this.data !== null && (this.data.metrics?.total_orders ?? "0") !== "0"; }
    get hasRun() { return Boolean(this.data?.run_id); }

    /** Takes the whole of GET /api/analytics. */
    takeSnapshot(data) {
        this.data = data;
        const serverMs = millis(data.server_time);
        if (serverMs !== null) this.clockOffset = serverMs - Date.now();
        this.lastResultMs = millis(data.last_update);
        this.windows = new Map((data.windows ?? []).map((row) => [windowKey(row), row]));
        this.sortOrders();
    }

    /**
     * Takes one accepted message.
     *
     * Returns whether it fits; when not (another run, a gap, a part), a whole snapshot is needed.
     */
    takeUpdate(update) {
        if (this.data === null || update.run_id !== this.data.run_id) return false;
        const body = update.message ?? {};
        this.lastResultMs = this.now();
        if (this.data.batch_id === null || compareVersions(update, this.data) >= 0) {
            for (const name of ["epoch", "batch_id", "watermark", "positions"]) this.data[name] = update[name];
        }
        switch (update.query) {
        case "top_products": this.data.top_products = body.products ?? []; break;
        case "categories": this.data.categories = body.categories ?? []; break;
        case "category_windows":
            // One part of a large message says nothing of the others.
            if (Number(body.parts ?? 1) > 1) return false;
            this.takeWindows(body, update.mode);
            break;
        case "raw_orders":
            this.data.recent_orders = body.orders ?? [];
            this.data.metrics = { ...this.data.metrics, ...body.metrics };
            if (body.progress) this.data.progress = body.progress;
            this.sortOrders();
            break;
        }
        return this.takeLive(update.live);
    }

    takeWindows(body, mode) {
        if (mode === "update" && body.full) {
            for (const [key, row] of this.windows) if (!row.final) this.windows.delete(key);
        }
        for (const row of body.windows ?? []) {
            const key = windowKey(row);
            // What is final stays, whatever an older message says.
            if (mode === "update" && this.windows.get(key)?.final) continue;
            this.windows.set(key, row);
        }
        if (this.windows.size > maxWindows * 1.1) {
            const newest = [...this.windows].sort((a, b) => (a[1].window_start < b[1].window_start ? -1 : 1));
            this.windows = new Map(newest.slice(-maxWindows));
        }
    }

    /** Rates, changes and the newest buckets, which come with updates of raw_orders. */
    takeLive(live) {
        if (!live) return true;
        this.data.metrics.orders_per_minute = live.orders_per_minute;
        if ("revenue_per_minute" in live) this.data.metrics.revenue_per_minute = live.revenue_per_minute;
        if (live.changes) this.data.changes = live.changes;
        const fresh = live.history ?? [];
        const buckets = this.data.history?.buckets;
        if (!buckets || fresh.length === 0) return true;
        const first = millis(fresh[0].time);
        const last = buckets.length ? millis(buckets[buckets.length - 1].time) : null;
        const interval = Number(this.data.history.interval_ms);
        if (last !== null && first - last > interval * 1.5) return false;
        const kept = buckets.filter((bucket) => millis(bucket.time) < first);
        this.data.history.buckets = [...kept, ...fresh].slice(-maxBuckets);
        return true;
    }

    /** Newest first by event time; where equal, the later place in the log first. */
    sortOrders() {
        const keyed = (this.data.recent_orders ?? []).map((order) => [micros(order.timestamp) ?? 0, order]);
        keyed.sort((a, b) => b[0] - a[0] || Number(b[1].position ?? 0) - Number(a[1].position ?? 0));
        this.data.recent_orders = keyed.map(([, order]) => order);
    }
}
