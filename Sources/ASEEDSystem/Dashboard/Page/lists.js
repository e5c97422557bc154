// Top products, latest orders, data quality. All that strangers wrote is set as text.

import { attribute, byId, element, foreign, rows, show, text, tooltip } from "./dom.js";
import { count } from "./exact.js";
import { filled } from "./figures.js";
import { clock, micros, money, moneyShort, none, share, whole, words } from "./format.js";

/** A row of a list of bars: a name over its bar, then figures. */
function barRow(figures, details) {
    const row = element("tr", "", element("th", "bar-cell", element("span", "bar"), element("span", "name")));
    row.firstElementChild.scope = "row";
    for (let index = 0; index < figures; index += 1) row.append(element("td", "number"));
    if (details) {
        row.tabIndex = 0;
        tooltip(row, () => row.details ?? []);
    }
    return row;
}

function setBar(row, part, most) {
    const bar = row.firstElementChild.firstElementChild;
    const width = most > 0n ? Number((part * 1000n) / most) / 10 : 0;
    bar.style.setProperty("--share", `${Math.max(width, 0.5)}%`);
}

function renderProducts(model) {
    const products = model.data?.top_products ?? [];
    show(byId("products"), filled("products", products.length > 0));
    const most = products.reduce((max, row) => (count(row.order_count) > max ? count(row.order_count) : max), 0n);
    const made = rows(byId("products-rows"), products.length, () => barRow(2, true));
    products.forEach((product, index) => {
        const row = made[index];
        const [name, orders, revenue] = row.children;
        setBar(row, count(product.order_count), most);
        foreign(name.lastElementChild, product.product_name);
        text(orders, whole(product.order_count));
        text(revenue, money(product.total_revenue));
        row.details = [product.product_name, `${product.product_id} · ${product.category}`,
            `${whole(product.order_count)} orders of ${whole(product.total_quantity)} pieces`,
            `${money(product.total_revenue)} revenue`,
            product.avg_price === undefined ? "" : `${moneyShort(product.avg_price)} average price`].filter(Boolean);
    });
}

function orderRow() {
    const row = element("tr", "", element("td", "time"), element("td", "wide"), element("td", "product"),
        element("td", "wide"), element("td", "number medium"), element("td", "number medium"), element("td", "number"));
    row.children[0].append(element("span", ""), element("span", "medium"));
    row.children[1].append(element("code", ""));
    row.children[2].append(element("span", "name"));
    row.children[3].append(element("span", "name"));
    return row;
}

function renderOrders(model) {
    const orders = model.data?.recent_orders ?? [];
    show(byId("orders"), filled("orders", orders.length > 0));
    const made = rows(byId("orders-rows"), orders.length, orderRow);
    orders.forEach((order, index) => {
        const [time, id, product, category, quantity, price, total] = made[index].children;
        const at = micros(order.timestamp);
        text(time.firstElementChild, at === null ? order.timestamp : clock(Math.floor(at / 1000), model.now()));
        text(time.lastElementChild, at === null ? "" : "." + fraction(at));
        attribute(time, "title", order.timestamp);
        foreign(id.firstElementChild, order.order_id);
        foreign(product.firstElementChild, order.product_name);
        attribute(product, "title", `${order.product_name}\n${order.product_id}`);
        foreign(category.firstElementChild, order.category);
        text(quantity, whole(order.quantity));
        text(price, money(order.price));
        text(total, order.total_value === undefined ? none : money(order.total_value));
    });
}

const fraction = (at) => String(Math.floor(at / 1000) % 1000).padStart(3, "0");

function renderQuality(model) {
    const metrics = model.data?.metrics ?? {};
    const records = metrics.processed_records;
    show(byId("quality"), filled("quality", records !== undefined && records !== "0"));
    if (records === undefined) return;
    const rejected = count(metrics.rejected_orders);
    const ofAll = (part) => (part > 0n ? ` (${share(part, count(records))})` : "");
    text(byId("records"), whole(records));
    text(byId("quality-rejected"), whole(rejected) + ofAll(rejected));
    text(byId("late-records"), whole(metrics.late_records) + ofAll(count(metrics.late_records)));
    text(byId("late-pairs"), `${whole(metrics.late_pairs)} ${metrics.late_pairs === "1" ? "entry" : "entries"}`);
    const reasons = Object.entries(metrics.rejected ?? {}).map(([reason, digits]) => [reason, count(digits)])
        .sort((a, b) => (a[1] < b[1] ? 1 : a[1] > b[1] ? -1 : 0));
    show(byId("rejects"), reasons.length > 0);
    show(byId("rejects-none"), reasons.length === 0);
    const made = rows(byId("rejects-rows"), reasons.length, () => barRow(1, false));
    reasons.forEach(([reason, number], index) => {
        const [name, value] = made[index].children;
        setBar(made[index], number, reasons[0][1]);
        text(name.lastElementChild, words(reason));
        text(value, whole(number));
    });
}

export function renderLists(model) {
    renderProducts(model);
    renderOrders(model);
    renderQuality(model);
}
