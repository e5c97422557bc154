// The header: run, connection, verification light, theme; and the notices below it.

import { attribute, byId, show, text } from "./dom.js";
import { ago, clock, duration, millis, sentence, whole } from "./format.js";

const idleMs = 15_000;
let announced = "";

/** Says something to screen readers, once. */
function announce(message) {
    if (message === announced) return;
    announced = message;
    text(byId("announcer"), message);
}

function level(element, value) { attribute(element, "data-level", value); }

/** Nothing was ever published here: says how that changes. */
export function renderEmpty(connection, model) {
    const target = byId("no-run");
    show(target, connection.state === "live" && !model.hasRun);
    text(target.querySelector("code"), `--dashboard ${location.origin}`);
}

export function renderConnection(connection, model) {
    const pill = byId("connection");
    const { state } = connection;
    const idle = model.lastResultMs !== null && model.now() - model.lastResultMs > idleMs;
    if (state === "live") {
        level(pill, idle || !model.hasRun ? "idle" : "ok");
        text(byId("connection-text"), !model.hasRun ? "Connected" : idle ? "Live, no new results" : "Live");
        if (connection.connections > 1) announce("Connected again. The figures are live.");
    } else if (state === "connecting") {
        level(pill, "wait");
        text(byId("connection-text"), "Connecting");
    } else {
        const waitMs = connection.retryAt === null ? 0 : connection.retryAt - Date.now();
        level(pill, "warn");
        text(byId("connection-text"), waitMs > 500 ? `Reconnecting in ${Math.ceil(waitMs / 1000)} s` : "Reconnecting");
    }
    const stale = state === "lost";
    attribute(document.body, "data-stale", stale ? "" : null);
    show(byId("stale"), stale);
    show(byId("retry"), connection.retryAt !== null);
    if (stale) {
        const since = duration(Date.now() - connection.lostAt);
        const held = model.data === null
            ? "No figures were received yet."
            : `These figures are stale: they are from ${clock(connection.lostAt + model.clockOffset, model.now())} UTC.`;
        text(byId("stale-text"), `No connection to the dashboard for ${since}. ${held}`);
        announce("The connection to the dashboard is lost. The figures are stale. Connecting again.");
    }
    show(byId("run"), model.hasRun);
    text(byId("run-id"), model.data?.run_id ?? "");
    attribute(byId("run"), "title", model.data?.run_id ? `Run ${model.data.run_id}` : null);
}

const marks = { proved: "✓", differs: "✕", unknown: "?", none: "–" };
const levels = { proved: "ok", differs: "fail", unknown: "warn", none: "none" };

/** The light, and what it says in full. It is about one run at one batch, and says so. */
export function renderLight(model) {
    const verification = model.data?.verification;
    let state = verification?.state ?? "none";
    if (!(state in marks)) state = "unknown";
    const ofOther = state !== "none" && model.hasRun && verification.run_id !== model.data.run_id;
    if (ofOther) state = "none";
    const light = byId("light");
    for (const pill of [light, byId("proof-pill")]) {
        level(pill, levels[state]);
        text(pill.querySelector(".glyph"), marks[state]);
    }
    text(byId("proof-word"), { proved: "Proved", differs: "Differs", unknown: "Unknown", none: "None" }[state]);
    const checkedMs = millis(verification?.checked_at);
    const age = checkedMs === null ? "" : ago(model.now() - checkedMs);
    let short = "Not verified";
    let long = ofOther
        ? `The last verification was of run ${verification.run_id}; nothing was proved of this one yet.`
        : "Nothing was proved of these figures yet.";
    if (state !== "none") {
        const name = { proved: "Proved", differs: "Differs", unknown: "Not provable" }[state];
        short = age ? `${name} ${age}` : name;
        const behind = batchesBehind(model, verification);
        long = [sentence(verification.text),
            compared(verification),
            behind > 0 ? `${whole(BigInt(behind))} ${behind === 1 ? "batch has" : "batches have"} come since.` : "",
            checkedMs === null ? "" : `Checked at ${clock(checkedMs, model.now())} UTC.`,
        ].filter(Boolean).join(" ");
    }
    text(byId("light-text"), short);
    attribute(light, "title", long);
    text(byId("proof"), long);
    show(byId("differs"), state === "differs");
    text(byId("differs"), state === "differs" ? `The verification found a difference: ${sentence(verification.text)}` : "");
    if (state === "differs") announce("The verification found that the figures differ from the reference.");
}

/** How many orders were compared, unless the text says it. */
function compared({ orders, text }) {
    if (orders === null || orders === undefined || String(text).includes(whole(orders))) return "";
    return `${whole(orders)} orders were compared.`;
}

function batchesBehind(model, verification) {
    const { batch_id: proved } = verification;
    if (proved === null || proved === undefined || model.data.batch_id === null) return 0;
    return Math.max(0, Number(model.data.batch_id) - Number(proved));
}

/** Names the packages that the server has not found. */
export function renderMissing() {
    const missing = document.querySelector('meta[name="missing-packages"]').content.split(" ").filter(Boolean);
    show(byId("missing"), missing.length > 0);
    if (missing.length === 0) return;
    const charts = missing.includes("libjs-chart.js") ? "Charts are shown as tables. " : "";
    text(byId("missing"), `${charts}Install ${missing.join(" and ")} and restart the dashboard for the whole page.`);
}

const dark = matchMedia("(prefers-color-scheme: dark)");

export function currentTheme() {
    return document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
}

/** `changed` is called with each other theme. */
export function startTheme(changed) {
    const button = byId("theme-button");
    const label = () => {
        attribute(button, "aria-label", `Switch to the ${currentTheme() === "dark" ? "light" : "dark"} theme`);
        attribute(button, "title", button.getAttribute("aria-label"));
    };
    button.addEventListener("click", () => {
        const next = currentTheme() === "dark" ? "light" : "dark";
        document.documentElement.dataset.theme = next;
        try { localStorage.setItem("aseed-theme", next); } catch { /* it lasts until the reload then */ }
        label();
        changed();
    });
    dark.addEventListener("change", () => { label(); changed(); });
    label();
}
