// What the charts share, and the two charts over time. A canvas holds only what a table beside it
// says too, digit for digit.

import { attribute, byId, element, rows, show, text } from "./dom.js";
import { approximate, count, money as units } from "./exact.js";
import { axis, clock, duration, millis, minute, money, upTo, whole } from "./format.js";
import { filled } from "./figures.js";

/** Chart.js, or null when it is not there or of a version with another interface. */
export const Chart = /^[34]\./.test(globalThis.Chart?.version ?? "") ? globalThis.Chart : null;

/** A colour of the style sheet. */
export const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** The same colour with another opacity. */
export const faded = (hex, opacity) => hex + Math.round(opacity * 255).toString(16).padStart(2, "0");

const charts = [];

/** Draws a vertical line where the pointer is. */
const crosshair = {
    id: "crosshair",
    beforeDatasetsDraw(chart) {
        const [active] = chart.getActiveElements();
        if (!active || chart.config.type !== "line") return;
        const { ctx, chartArea } = chart;
        ctx.save();
        ctx.strokeStyle = color("line-strong");
        ctx.beginPath();
        ctx.moveTo(active.element.x, chartArea.top);
        ctx.lineTo(active.element.x, chartArea.bottom);
        ctx.stroke();
        ctx.restore();
    },
};

/** Makes a chart on a canvas; without Chart.js its table is opened instead. */
export function make(id, type, options, style) {
    if (Chart === null) {
        const plot = byId(`${id}-plot`) ?? byId(id).parentElement;
        show(byId(id), false);
        plot.classList.add("no-chart");
        const table = plot.parentElement.querySelector("details");
        if (table) table.open = true;
        return null;
    }
    const chart = new Chart(byId(id), {
        type,
        data: { labels: [], datasets: [] },
        options: { responsive: true, maintainAspectRatio: false, animation: false, ...options },
        plugins: [crosshair],
    });
    const paint = () => {
        Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
        Object.assign(chart.options.plugins.tooltip, {
            backgroundColor: color("tip"), titleColor: color("tip-text"), bodyColor: color("tip-text"),
            footerColor: color("tip-muted"), borderColor: color("line-strong"), borderWidth: 1,
            padding: 10, cornerRadius: 8, boxPadding: 4, usePointStyle: true,
        });
        style(chart);
        chart.update("none");
    };
    paint();
    charts.push(paint);
    return chart;
}

/** Draws all charts in the colours of the theme. */
export function repaint() {
    for (const paint of charts) paint();
}

/** Axis looks that all charts share. */
export function axes(chart) {
    for (const scale of Object.values(chart.options.scales)) {
        scale.ticks.color = color("muted");
        scale.ticks.font = { size: 11 };
        scale.grid.color = color("line");
    }
}

/** The buckets' whole minutes, at most six. */
function minuteTicks(scale) {
    const span = scale.max - scale.min;
    const step = [15_000, 30_000, 60_000, 120_000, 300_000, 600_000].find((ms) => span / ms <= 6) ?? 600_000;
    const ticks = [];
    for (let at = Math.ceil(scale.min / step) * step; at <= scale.max; at += step) ticks.push({ value: at });
    scale.ticks = ticks;
}

/** All labels of an axis have one form. */
const tickTime = (ms, index, ticks) => (ticks.every((tick) => tick.value % 60_000 === 0) ? minute(ms) : clock(ms, ms));

class TimeChart {
    #chart;
    #id;
    #describe;
    #buckets = [];
    #interval = 5000;

    /** `describe(bucket)`: the value as exact text with its unit. */
    constructor(id, describe, paint) {
        this.#id = id;
        this.#describe = describe;
        this.#chart = make(id, "line", {
            interaction: { mode: "index", intersect: false },
            layout: { padding: { top: 4, right: 6 } },
            scales: {
                x: {
                    type: "linear", grid: { display: false, drawBorder: false }, afterBuildTicks: minuteTicks,
                    ticks: { callback: tickTime, maxRotation: 0, align: "center" },
                },
                y: {
                    beginAtZero: true, suggestedMax: 1, grid: { drawBorder: false, drawTicks: false },
                    ticks: { callback: axis, maxTicksLimit: 5, padding: 8 },
                },
            },
            plugins: {
                legend: { display: false },
                tooltip: {
                    displayColors: false,
                    callbacks: {
                        title: ([item]) => this.#span(this.#buckets[item.dataIndex]),
                        label: (item) => this.#lines(this.#buckets[item.dataIndex]),
                    },
                },
            },
        }, (chart) => {
            axes(chart);
            this.#color = color(paint);
            this.#style();
        });
    }

    #color = "";

    #style() {
        const [set] = this.#chart?.data.datasets ?? [];
        if (!set) return;
        set.borderColor = this.#color;
        set.backgroundColor = faded(this.#color, 0.12);
        set.pointHoverBackgroundColor = this.#color;
    }

    #span(bucket) {
        const from = millis(bucket.time);
        return `${clock(from, from)} – ${clock(from + this.#interval, from)} UTC`;
    }

    #lines(bucket) {
        const lines = [this.#describe(bucket), `${this.#perSecond(bucket)} a second`];
        if (!bucket.complete) lines.push("So far: this span is not over.");
        return lines;
    }

    #value(bucket) { return approximate(bucket[this.#id === "throughput" ? "orders" : "revenue"]); }

    #perSecond(bucket) {
        const rate = (this.#value(bucket) * 1000) / this.#interval;
        return upTo(rate, rate < 100 ? 2 : 0);
    }

    /** `waiting`: what is said while there is nothing to draw. */
    render(history, waiting) {
        this.#buckets = (history?.buckets ?? []).filter((bucket) => millis(bucket.time) !== null);
        this.#interval = Number(history?.interval_ms ?? 5000);
        text(byId(`${this.#id}-empty`), waiting);
        const has = filled(this.#id, this.#buckets.some((bucket) => this.#value(bucket) > 0));
        show(byId(this.#id), has && this.#chart !== null);
        show(byId(`${this.#id}-rows`).closest("details"), has);
        this.#table();
        if (!has || this.#chart === null) return;
        const points = this.#buckets.map((bucket) => ({
            x: millis(bucket.time), y: (this.#value(bucket) * 1000) / this.#interval,
        }));
        if (this.#chart.data.datasets.length === 0) {
            this.#chart.data.datasets = [{
                data: points, fill: true, borderWidth: 2, pointRadius: 0, pointHoverRadius: 4, tension: 0.25,
                cubicInterpolationMode: "monotone", pointHitRadius: 12,
                segment: {
                    borderDash: (part) => (this.#buckets[part.p1DataIndex]?.complete ? undefined : [4, 4]),
                    backgroundColor: (part) => (this.#buckets[part.p1DataIndex]?.complete ? undefined : "transparent"),
                },
            }];
            this.#style();
        } else this.#chart.data.datasets[0].data = points;
        const last = points[points.length - 1].x;
        this.#chart.options.scales.x.max = last;
        this.#chart.options.scales.x.min = Math.min(points[0].x, last - 60_000);
        this.#chart.update("none");
        const complete = this.#buckets.filter((bucket) => bucket.complete);
        const newest = complete[complete.length - 1];
        const name = this.#id === "throughput" ? "Orders" : "Revenue";
        attribute(byId(this.#id), "aria-label", newest
            ? `${name} per second over the last ${duration(last - points[0].x)}; lately ${this.#perSecond(newest)}.`
            : `${name} over time; the first span is not over.`);
    }

    #table() {
        const body = byId(`${this.#id}-rows`);
        if (!body.closest("details").open) return;
        const newest = this.#buckets.slice(-24).reverse();
        const made = rows(body, newest.length, () => element("tr", "", element("th", ""),
            element("td", "number"), element("td", "number")));
        newest.forEach((bucket, index) => {
            const [time, total, rate] = made[index].children;
            time.scope = "row";
            text(time, clock(millis(bucket.time), millis(bucket.time)) + (bucket.complete ? "" : " (so far)"));
            text(total, this.#id === "throughput" ? whole(bucket.orders) : money(bucket.revenue));
            text(rate, this.#perSecond(bucket));
        });
    }
}

let throughput = null;
let revenue = null;

export function renderTimeCharts(model) {
    throughput ??= new TimeChart("throughput", (bucket) => `${whole(count(bucket.orders))} orders`, "accent");
    revenue ??= new TimeChart("revenue", (bucket) => `${money(units(bucket.revenue))} revenue`, "accent-2");
    const history = model.data?.history;
    const seen = duration(Number(history?.interval_ms ?? 0) * (history?.buckets?.length ?? 0));
    const waiting = model.hasOrders ? `No orders came in the last ${seen}` : "Waiting for the first orders";
    throughput.render(history, waiting);
    revenue.render(history, waiting);
}
