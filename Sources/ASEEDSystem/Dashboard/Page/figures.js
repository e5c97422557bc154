// The key figures and the strip of the pipeline's state.

import { attribute, byId, element, show } from "./dom.js";
import { approximate } from "./exact.js";
import { ago, bytes, clock, duration, millis, money, moneyShort, none, upTo, whole } from "./format.js";

/** A large figure; its size follows its length, so that no digit is cut off. */
function figure(id, shown, exact) {
    const target = byId(id);
    if (target.dataset.shown !== shown) {
        target.dataset.shown = shown;
        const point = shown.indexOf(".");
        // The places after the point are set smaller.
        const length = point < 0 ? shown.length : point + (shown.length - point) * 0.68;
        target.style.setProperty("--chars", String(Math.max(6, length)));
        if (point < 0) target.replaceChildren(shown);
        else target.replaceChildren(shown.slice(0, point), element("span", "fraction", shown.slice(point)));
    }
    attribute(target, "title", exact && exact !== shown ? exact : null);
}

/** How a figure of the last minute compares with the minute before. */
function change(id, change, lead) {
    const target = byId(id);
    if (!change) {
        target.replaceChildren();
        delete target.dataset.key;
        return;
    }
    const percent = change.percent === null || change.percent === undefined ? null : Number(change.percent);
    let direction = "flat";
    let amount = "";
    if (percent !== null) {
        direction = percent >= 0.05 ? "up" : percent <= -0.05 ? "down" : "flat";
        const size = upTo(Math.abs(percent), Math.abs(percent) < 1000 ? 1 : 0);
        amount = `${{ up: "▲ ", down: "▼ ", flat: "" }[direction]}${size} %`;
    }
    const spoken = `${{ up: "up by", down: "down by", flat: "changed by" }[direction]} ${upTo(Math.abs(percent ?? 0), 1)} percent`;
    const key = `${lead}|${amount}`;
    if (target.dataset.key === key) return;
    target.dataset.key = key;
    const badge = element("span", "delta");
    badge.hidden = percent === null;
    badge.dataset.direction = direction;
    const symbol = element("span", "", amount);
    symbol.setAttribute("aria-hidden", "true");
    badge.append(symbol, element("span", "visually-hidden", spoken));
    target.replaceChildren(badge, element("span", "note", lead));
}

export function renderFigures(model) {
    const metrics = model.data?.metrics ?? {};
    const changes = model.data?.changes ?? {};
    figure("kpi-orders", whole(metrics.total_orders));
    figure("kpi-revenue", money(metrics.total_revenue));
    figure("kpi-rate", whole(metrics.orders_per_minute));
    // Of no orders there is no average.
    const average = model.hasOrders ? metrics.average_order_value : null;
    figure("kpi-average", moneyShort(average), money(average));
    const period = `${upTo(Number(changes.period_ms ?? 60_000) / 1000, 0)}\u00a0s`;
    const shown = model.hasOrders ? changes : {};
    change("kpi-orders-change", shown.orders, `+${whole(shown.orders?.current)} in ${period}`);
    change("kpi-revenue-change", shown.revenue, `+${moneyShort(shown.revenue?.current)} in ${period}`);
    change("kpi-rate-change", shown.orders_per_minute, rateNote(shown.orders_per_minute, period));
    const lately = shown.average_order_value?.current ?? null;
    change("kpi-average-change", shown.average_order_value,
        lately === null ? `no orders in ${period}` : `${moneyShort(lately)} in ${period}`);
}

function rateNote(rate, period) {
    return rate?.percent === null && rate.previous === "0" ? `none seen in the ${period} before` : `vs. the ${period} before`;
}

function value(id, main, detail, title) {
    const target = byId(id);
    const key = `${main}|${detail ?? ""}`;
    if (target.dataset.key !== key) {
        target.dataset.key = key;
        target.replaceChildren(main, ...(detail ? [" ", element("span", "detail", detail)] : []));
    }
    attribute(target, "title", title ?? null);
}

export function renderStrip(model) {
    const data = model.data ?? {};
    const metrics = data.metrics ?? {};
    const progress = data.progress;
    const nowMs = model.now();
    const watermarkMs = millis(data.watermark);
    value("watermark", watermarkMs === null ? none : clock(watermarkMs, nowMs),
        watermarkMs === null ? (model.hasRun ? "not yet" : null) : null, data.watermark ?? null);
    const latestMs = latestEventMs(data);
    const lagMs = latestMs === null || watermarkMs === null ? null : latestMs - watermarkMs;
    value("lag", lagMs === null ? none : lagMs < 0 ? "0 ms" : duration(lagMs), null,
        latestMs === null ? null : `The newest order is of ${new Date(latestMs).toISOString()}`);
    if (progress?.backlog === null || progress?.backlog === undefined) value("backlog", none);
    else if (progress.backlog_unit === "bytes") value("backlog", bytes(progress.backlog));
    else value("backlog", whole(progress.backlog), progress.backlog === "1" ? "record" : "records");
    value("batch", data.batch_id === null || data.batch_id === undefined ? none : whole(data.batch_id),
        data.epoch ? `epoch ${data.epoch}` : null);
    value("duration", progress ? duration(approximate(progress.batch_duration_ms)) : none,
        progress?.input_records === undefined ? null : `${whole(progress.input_records)} records`);
    value("rejected", whole(metrics.rejected_orders));
    value("late", whole(metrics.late_records));
    value("last-result", model.lastResultMs === null ? none : ago(Math.max(0, nowMs - model.lastResultMs)),
        null, model.lastResultMs === null ? null : new Date(model.lastResultMs).toISOString());
}

/** The newest event time: of all orders where the engine says it, else of the latest shown. */
function latestEventMs(data) {
    return millis(data.progress?.latest_event_time) ?? millis(data.recent_orders?.[0]?.timestamp);
}

/** A card's part is shown once there is something in it. */
export function filled(id, has) {
    show(byId(`${id}-empty`), !has);
    return has;
}
