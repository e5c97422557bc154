// The services' badge and dialog.

import { attribute, byId, element, rows, show, text } from "./dom.js";
import { getJSON } from "./connection.js";
import { approximate } from "./exact.js";
import { ago, clock, millis, none, sentence, upTo, whole, words } from "./format.js";

const pollMs = 5000;
/** An older report says nothing about now. */
const oldMs = 20_000;

const overall = {
    healthy: ["ok", "healthy"], partial: ["warn", "partial"], down: ["fail", "down"], unknown: ["unknown", "unknown"],
};
const statuses = {
    running: ["ok", "Running"], stopped: ["fail", "Stopped"], unresponsive: ["warn", "Unresponsive"],
    not_configured: ["none", "Not configured"], unknown: ["unknown", "Unknown"],
};
const checks = { ok: ["ok", "OK"], warn: ["warn", "Warning"], fail: ["fail", "Failed"], unknown: ["unknown", "Unknown"] };
const names = {
    zookeeper: "ZooKeeper", kafka: "Kafka", order_simulator: "Order simulator", data_analyzer: "Data analyzer",
    dashboard: "Dashboard", data_quality: "Data quality",
};
const roles = {
    zookeeper: "Coordination for Kafka", kafka: "Message log", order_simulator: "Writes the orders",
    data_analyzer: "Streaming engine", dashboard: "This page and its API",
};

const dialog = byId("services");
let report = null;
let reportedAt = 0;

/** Takes a report, pushed or fetched. */
export function takeServices(services) {
    if (!services) return;
    report = services;
    reportedAt = Date.now();
}

/** Fetches the report every 5 s, while the dashboard can be reached and the page is seen. */
export function pollServices(connection, render) {
    setInterval(async () => {
        if (document.hidden || connection.state !== "live") return;
        try {
            takeServices(await getJSON("/api/service-status"));
        } catch {
            // An old report turns into "unknown" by itself.
        }
        render();
    }, pollMs);
}

export function startDialog(render) {
    byId("services-button").addEventListener("click", () => {
        dialog.showModal();
        render();
    });
    byId("services-close").addEventListener("click", () => dialog.close());
    // A click on the backdrop hits the dialog itself, not what is in it.
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => byId("services-button").focus());
}

function serviceCard() {
    const card = element("li", "service");
    const head = element("div", "service-head", element("div", "", element("h3", ""), element("p", "role")),
        element("span", "pill", element("span", "dot"), element("span", "")));
    head.querySelector(".dot").setAttribute("aria-hidden", "true");
    const facts = element("dl", "");
    for (const name of ["Process", "CPU", "Memory", "Restarts", "Last check"]) {
        facts.append(element("div", "", element("dt", "", name), element("dd", "")));
    }
    card.append(head, facts, element("p", "detail"));
    return card;
}

function fillCard(card, name, service, model, isOld) {
    const [level, word] = statuses[isOld ? "unknown" : service.status] ?? statuses.unknown;
    text(card.querySelector("h3"), names[name] ?? words(name));
    text(card.querySelector(".role"), roles[name] ?? "");
    attribute(card, "data-level", level);
    attribute(card.querySelector(".pill"), "data-level", level);
    text(card.querySelector(".pill").lastElementChild, word);
    const checkedMs = millis(service.last_check);
    const values = [
        service.pid === null || service.pid === undefined ? none : service.pid,
        service.cpu_percent === null || service.cpu_percent === undefined ? none : `${upTo(approximate(service.cpu_percent), 1)} %`,
        service.memory_mb === null || service.memory_mb === undefined ? none : `${upTo(approximate(service.memory_mb), 1)} MB`,
        service.restarts === null || service.restarts === undefined ? none : whole(service.restarts),
        checkedMs === null ? none : ago(Math.max(0, model.now() - checkedMs)),
    ];
    const facts = card.querySelectorAll("dd");
    values.forEach((value, index) => text(facts[index], value));
    attribute(facts[4], "title", checkedMs === null ? null : `${clock(checkedMs, model.now())} UTC`);
    const detail = card.lastElementChild;
    text(detail, sentence(service.detail));
    show(detail, Boolean(service.detail));
}

export function renderServices(model, connection) {
    const isOld = report === null || connection.state !== "live" || Date.now() - reportedAt > oldMs;
    const [level, word] = overall[isOld ? "unknown" : report.overall_status] ?? overall.unknown;
    attribute(byId("services-button"), "data-level", level);
    text(byId("services-text"), word);
    if (!dialog.open && byId("services-list").children.length > 0) return;
    const services = Object.entries(report?.services ?? {});
    const made = rows(byId("services-list"), services.length, serviceCard);
    services.forEach(([name, service], index) => fillCard(made[index], name, service, model, isOld));
    const summary = report?.summary;
    text(byId("services-summary"), isOld ? "No report of the services is at hand."
        : `Overall ${word}: ${whole(summary?.running)} of ${whole(summary?.total_services)} running`
            + (summary?.not_configured && summary.not_configured !== "0" ? `, ${whole(summary.not_configured)} not configured.` : "."));
    const health = report?.health ?? [];
    show(byId("health-part"), health.length > 0);
    const lines = rows(byId("health-list"), health.length, () => element("li", "",
        element("span", "pill", element("span", "dot"), element("span", "")), element("strong", ""), element("span", "")));
    health.forEach((check, index) => {
        const [pill, name, detail] = lines[index].children;
        const [level, word] = checks[isOld ? "unknown" : check.status] ?? checks.unknown;
        attribute(pill, "data-level", level);
        text(pill.lastElementChild, word);
        text(name, names[check.check] ?? words(check.check));
        text(detail, sentence(check.detail));
    });
}
