// Starts the page: messages change the model, and the model is drawn, at a pace that eyes can follow.

import { byId, hideTooltip } from "./dom.js";
import { Connection } from "./connection.js";
import { Model } from "./model.js";
import { renderCategories } from "./windows.js";
import { renderConnection, renderEmpty, renderLight, renderMissing, startTheme } from "./header.js";
import { renderFigures, renderStrip } from "./figures.js";
import { renderLists } from "./lists.js";
import { renderTimeCharts, repaint } from "./charts.js";
import { pollServices, renderServices, startDialog, takeServices } from "./services.js";

const figuresEveryMs = 150;
const chartsEveryMs = 500;
const refreshEveryMs = 1000;

const model = new Model();
let changed = true;
let figuresAt = 0;
let chartsAt = 0;
let chartsChanged = true;
/** Whether an update did not fit what is held. */
let incomplete = false;
let refreshedAt = 0;

const connection = new Connection({
    message(message) {
        switch (message.type) {
        case "snapshot": takeSnapshot(message.data); break;
        case "update": if (!model.takeUpdate(message)) incomplete = true; break;
        case "verification": if (model.data) model.data.verification = message.verification; break;
        case "services": takeServices(message.services); break;
        }
        changed = chartsChanged = true;
    },
    snapshot(data) {
        takeSnapshot(data);
        changed = chartsChanged = true;
    },
    change() { renderStates(); },
});

function takeSnapshot(data) {
    incomplete = false;
    model.takeSnapshot(data);
    takeServices(data.services);
}

/** What also changes with time alone. */
function renderStates() {
    renderConnection(connection, model);
    renderEmpty(connection, model);
    renderLight(model);
    renderStrip(model);
    renderServices(model, connection);
}

function frame(now) {
    requestAnimationFrame(frame);
    if (incomplete && now - refreshedAt >= refreshEveryMs) {
        refreshedAt = now;
        connection.refresh();
    }
    if (changed && now - figuresAt >= figuresEveryMs) {
        figuresAt = now;
        changed = false;
        renderFigures(model);
        renderLists(model);
        renderStates();
    }
    if (chartsChanged && now - chartsAt >= chartsEveryMs) {
        chartsAt = now;
        chartsChanged = false;
        renderTimeCharts(model);
        renderCategories(model);
    }
}

renderMissing();
startTheme(repaint);
startDialog(renderStates);
pollServices(connection, renderStates);
byId("retry").addEventListener("click", () => connection.retry());
for (const details of document.querySelectorAll("details")) {
    details.addEventListener("toggle", () => { chartsChanged = true; });
}
addEventListener("scroll", hideTooltip, { passive: true });
addEventListener("keydown", (event) => { if (event.key === "Escape") hideTooltip(); });
setInterval(renderStates, 1000);
connection.open();
requestAnimationFrame(frame);
