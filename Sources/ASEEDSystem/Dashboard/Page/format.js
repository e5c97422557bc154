// Numbers and times as people read them: one form on the whole page, whatever the browser's locale.

import { placesOf, rounded, scaled } from "./exact.js";

export const none = "–";

const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");

function decimal(value, places, least) {
    const negative = value < 0n;
    const digits = (negative ? -value : value).toString().padStart(places + 1, "0");
    const whole = grouped(digits.slice(0, digits.length - places));
    let fraction = places ? digits.slice(-places) : "";
    while (fraction.length > least && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
    return (negative ? "−" : "") + whole + (fraction ? "." + fraction : "");
}

/** A whole number: `1,234,567`. */
export function whole(digits) {
    const value = typeof digits === "bigint" ? digits : rounded(digits, 0);
    return value === null ? none : decimal(value, 0, 0);
}

/** Money with all its digits, at least two places: `1,234.50`, `0.1234`. */
export function money(digits) {
    if (typeof digits === "bigint") return decimal(digits, 4, 2);
    const places = Math.max(2, placesOf(digits));
    const value = scaled(digits, places);
    return value === null ? none : decimal(value, places, 2);
}

/** Money rounded to two places, for places without room. */
export function moneyShort(digits) {
    const value = typeof digits === "bigint" ? (digits * 2n + 100n) / 200n : rounded(digits, 2);
    return value === null ? none : decimal(value, 2, 2);
}

/** A number rounded to so many places at most. */
export function upTo(number, places) {
    if (number === null || number === undefined || !Number.isFinite(Number(number))) return none;
    return decimal(rounded(Number(number).toFixed(places), places), places, 0);
}

/** An axis label: `950`, `1.2 k`, `34 M`. */
export function axis(number) {
    const size = Math.abs(number);
    for (const [unit, name] of [[1e12, " T"], [1e9, " B"], [1e6, " M"], [1e3, " k"]]) {
        if (size >= unit) return upTo(number / unit, size >= 100 * unit ? 0 : 1) + name;
    }
    return upTo(number, size < 10 ? 1 : 0);
}

/** A share of a whole, in percent with one place: `12.5 %`. */
export function share(part, all) {
    if (all <= 0n) return none;
    const tenths = (part * 2000n + all) / (all * 2n);
    return part > 0n && tenths === 0n ? "< 0.1 %" : decimal(tenths, 1, 1) + " %";
}

const isoForm = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/;

/** A time in µs since 1970, or null. Times without a zone are UTC. */
export function micros(text) {
    const match = isoForm.exec(text ?? "");
    if (!match) return null;
    const seconds = Date.parse(`${match[1]}T${match[2]}${match[4] ?? "Z"}`);
    if (!Number.isFinite(seconds)) return null;
    return seconds * 1000 + Number((match[3] ?? "").padEnd(6, "0").slice(0, 6));
}

/** A time in ms since 1970, or null. */
export function millis(text) {
    const value = micros(text);
    return value === null ? null : value / 1000;
}

/** `14:30:00`, with the date when it is not today's. */
export function clock(ms, nowMs) {
    if (ms === null) return none;
    const text = new Date(ms).toISOString();
    const today = new Date(nowMs).toISOString().slice(0, 10);
    return text.slice(0, 10) === today ? text.slice(11, 19) : `${text.slice(0, 10)} ${text.slice(11, 19)}`;
}

/** `14:30` */
export const minute = (ms) => new Date(ms).toISOString().slice(11, 16);

/** A length of time: `0.4 ms`, `12 ms`, `1.2 s`, `5 min 3 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(ms) {
    if (ms === null || ms === undefined || !Number.isFinite(ms)) return none;
    if (ms < 0) return "−" + duration(-ms);
    if (ms < 10) return upTo(ms, 1) + " ms";
    if (ms < 1000) return upTo(ms, 0) + " ms";
    if (ms < 10_000) return upTo(ms / 1000, 1) + " s";
    const seconds = Math.floor(ms / 1000);
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
    if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
    return `${whole(BigInt(Math.floor(seconds / 86_400)))} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

/** An age in whole seconds: `just now`, `12 s ago`. */
export const ago = (ms) => (ms === null ? none : ms < 2000 ? "just now" : ms < 60_000 ? `${Math.floor(ms / 1000)} s ago` : `${duration(ms)} ago`);

/** A size: `512 B`, `1.2 MiB`. */
export function bytes(digits) {
    const value = Number(digits);
    for (const [unit, name] of [[2 ** 40, " TiB"], [2 ** 30, " GiB"], [2 ** 20, " MiB"], [2 ** 10, " KiB"]]) {
        if (value >= unit) return upTo(value / unit, 1) + name;
    }
    return `${upTo(value, 0)} B`;
}

/** With a capital and a full stop. */
export function sentence(text) {
    const trimmed = String(text ?? "").trim();
    if (trimmed === "") return "";
    const whole = /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
    return whole.charAt(0).toUpperCase() + whole.slice(1);
}

/** `order_simulator` → `Order simulator`, `json_syntax` → `JSON syntax`. */
export function words(name) {
    const text = String(name).replaceAll("_", " ").replace(/\bjson\b/, "JSON");
    return text.charAt(0).toUpperCase() + text.slice(1);
}
