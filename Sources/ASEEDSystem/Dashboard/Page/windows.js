// Windows by category as stacked bars, and the categories' shares as a ring. Both give a category
// the same colour.

import { attribute, byId, element, foreign, rows, show, text } from "./dom.js";
import { count, money as units } from "./exact.js";
import { axes, color, faded, make } from "./charts.js";
import { axis, clock, millis, minute, money, moneyShort, share, whole } from "./format.js";
import { filled } from "./figures.js";

const colors = 10;
/** So many keep a place of their own when there are more than colours. */
const named = colors - 1;
const shownWindows = 15;
const other = Symbol("the categories without a place of their own");
const slots = new Map();

/** A category keeps its colour as long as it leads; then the colour is free for another one. */
function assignSlots(top) {
    const leading = new Set(top.map((row) => row.category));
    for (const category of slots.keys()) if (!leading.has(category)) slots.delete(category);
    const taken = new Set(slots.values());
    for (const category of leading) {
        if (slots.has(category)) continue;
        let free = 0;
        while (taken.has(free)) free += 1;
        taken.add(free);
        slots.set(category, free);
    }
}

const slotOf = (category) => (slots.has(category) ? slots.get(category) : "other");

const colorOf = (category) => color(`c-${slotOf(category)}`);

/** The categories with the most revenue, and whether others are left. */
function leaders(model) {
    const all = model.data?.categories ?? [];
    const top = all.slice(0, all.length > colors ? named : colors);
    assignSlots(top);
    return { all, top, rest: all.slice(top.length) };
}

const label = (category, rest) => (category === other ? `Other (${rest.length})` : category);
const shorten = (name) => (name.length > 40 ? name.slice(0, 39) + "…" : name);

class CategoryRing {
    #chart;
    #slices = [];
    #total = 0n;

    constructor() {
        this.#chart = make("categories", "doughnut", {
            cutout: "70%",
            plugins: {
                legend: { display: false },
                tooltip: {
                    callbacks: {
                        title: ([item]) => shorten(this.#slices[item.dataIndex].name),
                        label: (item) => {
                            const slice = this.#slices[item.dataIndex];
                            return [` ${money(slice.revenue)} revenue`, ` ${whole(slice.orders)} orders`,
                                ` ${share(slice.revenue, this.#total)} of all revenue`];
                        },
                    },
                },
            },
        }, () => this.#paint());
    }

    #paint() {
        const [set] = this.#chart?.data.datasets ?? [];
        if (!set) return;
        set.backgroundColor = this.#slices.map((slice) => colorOf(slice.key));
        set.borderColor = color("card");
    }

    render(model) {
        const { all, top, rest } = leaders(model);
        show(byId("categories-ring"), filled("categories", all.length > 0));
        if (all.length === 0) return;
        this.#total = all.reduce((sum, row) => sum + units(row.total_revenue), 0n);
        this.#slices = top.map((row) => ({
            key: row.category, name: row.category, revenue: units(row.total_revenue),
            orders: count(row.order_count ?? row.total_orders),
        }));
        if (rest.length) {
            this.#slices.push({
                key: other, name: label(other, rest),
                revenue: rest.reduce((sum, row) => sum + units(row.total_revenue), 0n),
                orders: rest.reduce((sum, row) => sum + count(row.order_count ?? row.total_orders), 0n),
            });
        }
        text(byId("ring-value"), axis(Number(this.#total) / 10_000));
        text(byId("ring-name"), "revenue");
        this.#table(all, new Set(top.map((row) => row.category)));
        attribute(byId("categories"), "aria-label",
            `Revenue by category: ${this.#slices.slice(0, 3).map((slice) => `${slice.name} ${share(slice.revenue, this.#total)}`).join(", ")}.`);
        if (this.#chart === null) return;
        const data = this.#slices.map((slice) => Number(slice.revenue) / 10_000);
        if (this.#chart.data.datasets.length === 0) {
            this.#chart.data.datasets = [{ data, borderWidth: 2, hoverOffset: 3 }];
        } else this.#chart.data.datasets[0].data = data;
        this.#chart.data.labels = this.#slices.map((slice) => shorten(slice.name));
        this.#paint();
        this.#chart.update("none");
    }

    #table(all, top) {
        const made = rows(byId("categories-rows"), all.length, () => element("tr", "",
            element("th", "", element("span", "category", element("span", "swatch"), element("span", "name"))),
            element("td", "number percent"), element("td", "number")));
        all.forEach((row, index) => {
            const [name, percent, revenue] = made[index].children;
            name.scope = "row";
            const [swatch, label] = name.firstElementChild.children;
            swatch.dataset.color = slotOf(top.has(row.category) ? row.category : other);
            foreign(label, row.category);
            attribute(made[index], "title", `${whole(row.order_count ?? row.total_orders)} orders, average price ${row.avg_price ? moneyShort(row.avg_price) : "unknown"}`);
            text(percent, share(units(row.total_revenue), this.#total));
            text(revenue, money(row.total_revenue));
        });
    }
}

class WindowChart {
    #chart;
    #windows = [];
    #keys = [];
    #rest = [];
    #size = null;

    constructor() {
        this.#chart = make("windows", "bar", {
            interaction: { mode: "index", intersect: false },
            layout: { padding: { top: 4, right: 6 } },
            scales: {
                x: { stacked: true, grid: { display: false, drawBorder: false }, ticks: { maxRotation: 0, autoSkipPadding: 12 } },
                y: {
                    stacked: true, beginAtZero: true, suggestedMax: 1, grid: { drawBorder: false, drawTicks: false },
                    ticks: { callback: axis, maxTicksLimit: 5, padding: 8 },
                },
            },
            plugins: {
                legend: { display: false },
                tooltip: {
                    itemSort: (a, b) => b.raw - a.raw,
                    filter: (item) => item.raw > 0,
                    callbacks: {
                        title: ([item]) => (item ? this.#title(this.#windows[item.dataIndex]) : ""),
                        labelColor: (item) => {
                            const base = colorOf(this.#keys[item.datasetIndex]);
                            return { backgroundColor: base, borderColor: base };
                        },
                        label: (item) => {
                            const cell = this.#windows[item.dataIndex].cells.get(this.#keys[item.datasetIndex]);
                            return ` ${shorten(label(this.#keys[item.datasetIndex], this.#rest))}: ${whole(cell.orders)} orders, ${money(cell.revenue)}`;
                        },
                    },
                },
            },
        }, (chart) => {
            axes(chart);
            this.#paint();
        });
        byId("window-size").addEventListener("change", (event) => {
            this.#size = event.target.value;
            this.render(this.#model);
        });
    }

    #model = null;

    #title(window) {
        return `${span(window)} UTC, ${window.final ? "final" : "open"}`;
    }

    #paint() {
        this.#chart?.data.datasets.forEach((set, index) => {
            const base = colorOf(this.#keys[index]);
            set.backgroundColor = this.#windows.map((window) => (window.final ? base : faded(base, 0.45)));
        });
    }

    render(model) {
        this.#model = model;
        const all = [...model.windows.values()];
        show(byId("windows"), filled("windows", all.length > 0) && this.#chart !== null);
        show(byId("windows-rows").closest("details"), all.length > 0);
        show(byId("windows-key"), all.length > 0);
        const sizes = [...new Set(all.map((row) => String(millis(row.window_end) - millis(row.window_start))))]
            .sort((a, b) => a - b);
        if (!sizes.includes(this.#size)) this.#size = sizes[0] ?? null;
        this.#picker(sizes);
        const { top, rest } = leaders(model);
        this.#rest = rest;
        const leading = new Set(top.map((row) => row.category));
        this.#windows = grouped(all.filter((row) => String(millis(row.window_end) - millis(row.window_start)) === this.#size), leading)
            .slice(-shownWindows);
        this.#table(all);
        if (this.#chart === null || all.length === 0) return;
        const used = new Set(this.#windows.flatMap((window) => [...window.cells.keys()]));
        this.#keys = [...top.map((row) => row.category), other].filter((key) => used.has(key));
        this.#chart.data.labels = this.#windows.map((window) => tick(window.start, this.#windows));
        this.#chart.data.datasets = this.#keys.map((key) => ({
            label: String(label(key, rest)), maxBarThickness: 56, categoryPercentage: 0.86, barPercentage: 0.94,
            data: this.#windows.map((window) => Number(window.cells.get(key)?.orders ?? 0n)),
        }));
        this.#paint();
        this.#chart.update("none");
        const newest = this.#windows[this.#windows.length - 1];
        attribute(byId("windows"), "aria-label", newest
            ? `Orders by category in the last ${this.#windows.length} windows; in the newest, ${span(newest)}, ${whole(newest.orders)} orders so far.` : null);
    }

    #picker(sizes) {
        const select = byId("window-size");
        show(byId("window-size-label"), sizes.length > 1);
        const made = rows(select, sizes.length, () => element("option", ""));
        sizes.forEach((size, index) => {
            made[index].value = size;
            const seconds = Number(size) / 1000;
            text(made[index], seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`);
        });
        if (this.#size !== null) select.value = this.#size;
    }

    #table(all) {
        const body = byId("windows-rows");
        if (!body.closest("details").open) return;
        const newest = all.sort((a, b) => (a.window_start < b.window_start ? 1 : a.window_start > b.window_start ? -1
            : Number(units(b.total_revenue) - units(a.total_revenue)))).slice(0, 60);
        const made = rows(body, newest.length, () => element("tr", "", element("th", ""), element("td", ""),
            element("td", "number"), element("td", "number"), element("td", "")));
        newest.forEach((row, index) => {
            const [time, category, orders, revenue, state] = made[index].children;
            time.scope = "row";
            text(time, span({ start: millis(row.window_start), end: millis(row.window_end) }));
            foreign(category, row.category);
            text(orders, whole(row.order_count));
            text(revenue, money(row.total_revenue));
            text(state, row.final ? "final" : "open");
        });
    }
}

/** An axis label, with seconds where windows start within minutes. */
function tick(ms, windows) {
    return windows.every((window) => window.start % 60_000 === 0) ? minute(ms) : clock(ms, ms);
}

function span(window) {
    const whole = window.start % 60_000 === 0 && window.end % 60_000 === 0;
    return whole ? `${minute(window.start)} – ${minute(window.end)}`
        : `${clock(window.start, window.start)} – ${clock(window.end, window.end)}`;
}

/** Rows of one size as windows with a cell for each leading category, oldest first. */
function grouped(all, leading) {
    const windows = new Map();
    for (const row of all) {
        let window = windows.get(row.window_start);
        if (!window) {
            window = { start: millis(row.window_start), end: millis(row.window_end), final: true, orders: 0n, cells: new Map() };
            windows.set(row.window_start, window);
        }
        const key = leading.has(row.category) ? row.category : other;
        const cell = window.cells.get(key) ?? { orders: 0n, revenue: 0n };
        cell.orders += count(row.order_count);
        cell.revenue += units(row.total_revenue);
        window.cells.set(key, cell);
        window.orders += count(row.order_count);
        window.final &&= row.final;
    }
    return [...windows.values()].sort((a, b) => a.start - b.start);
}

let ring = null;
let bars = null;

export function renderCategories(model) {
    ring ??= new CategoryRing();
    bars ??= new WindowChart();
    ring.render(model);
    bars.render(model);
}
