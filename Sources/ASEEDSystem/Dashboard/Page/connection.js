// The WebSocket: connects, notices silence, and connects again by itself.

import { parse } from "./exact.js";

const firstDelayMs = 500;
const maxDelayMs = 10_000;
const openTimeoutMs = 8_000;
const requestTimeoutMs = 5_000;
/** After so long without a figure the page asks for them. */
const silenceMs = 5_000;

/** GET as exact JSON, with a deadline. */
export async function getJSON(path) {
    const response = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(requestTimeoutMs) });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return parse(await response.text());
}

export class Connection {
    /** `connecting`, `live` or `lost`. */
    state = "connecting";
    /** When it was lost, ms of this machine's clock. */
    lostAt = null;
    /** When the next attempt is due. */
    retryAt = null;
    attempts = 0;
    /** How often a connection was made. */
    connections = 0;
    #socket = null;
    #timer = null;
    #heardAt = 0;
    #asking = false;
    #handlers;

    /** `handlers`: message(object), snapshot(data), change(). */
    constructor(handlers) {
        this.#handlers = handlers;
        addEventListener("online", () => this.retry());
        document.addEventListener("visibilitychange", () => { if (!document.hidden) this.retry(); });
        setInterval(() => this.#checkSilence(), 1000);
    }

    open() {
        clearTimeout(this.#timer);
        this.retryAt = null;
        const scheme = location.protocol === "https:" ? "wss" : "ws";
        const socket = new WebSocket(`${scheme}://${location.host}/ws`);
        this.#socket = socket;
        // A server that hangs accepts the connection and never answers.
        this.#timer = setTimeout(() => this.#lose(socket), openTimeoutMs);
        socket.onmessage = (event) => {
            if (socket !== this.#socket) return;
            const message = parse(event.data);
            // What the monitor and the lab say are no figures: without those the page has to ask.
            if (message.type === "snapshot" || message.type === "update") this.#heardAt = Date.now();
            if (this.state !== "live") this.#live();
            this.#handlers.message(message);
        };
        socket.onclose = () => this.#lose(socket);
        this.#handlers.change();
    }

    /** Tries at once, when it waits for the next attempt. */
    retry() {
        if (this.retryAt !== null) this.open();
    }

    /** Asks for a whole snapshot, outside of the socket. */
    async refresh() {
        if (this.#asking) return;
        this.#asking = true;
        const socket = this.#socket;
        try {
            const data = await getJSON("/api/analytics");
            if (socket === this.#socket && this.state === "live") {
                this.#heardAt = Date.now();
                this.#handlers.snapshot(data);
            }
        } catch {
            // No answer is what a lost connection means; it is shown as one.
            this.#lose(socket);
        } finally {
            this.#asking = false;
        }
    }

    #live() {
        clearTimeout(this.#timer);
        this.state = "live";
        this.attempts = 0;
        this.lostAt = null;
        this.connections += 1;
        this.#handlers.change();
    }

    #lose(socket) {
        if (socket !== this.#socket) return;
        clearTimeout(this.#timer);
        this.#socket = null;
        socket.close();
        if (this.state !== "lost") this.lostAt = Date.now();
        this.state = "lost";
        const delay = Math.min(maxDelayMs, firstDelayMs * 2 ** this.attempts) * (0.8 + 0.4 * Math.random());
        this.attempts += 1;
        this.retryAt = Date.now() + delay;
        this.#timer = setTimeout(() => this.open(), delay);
        this.#handlers.change();
    }

    /** Rates fall while no order comes, and a hung server says nothing: both show when asked. */
    #checkSilence() {
        if (this.state !== "live" || document.hidden) return;
        if (Date.now() - this.#heardAt > silenceMs) this.refresh();
    }
}
