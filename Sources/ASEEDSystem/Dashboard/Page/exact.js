// Exact numbers. JSON.parse would make doubles of them, which lose digits above 2^53 and in
// decimals; here every number of a message stays the text of its digits, and arithmetic on them is
// done with BigInt. Only positions on a screen are ever doubles.

const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Parses JSON; numbers become strings of their digits. */
export function parse(text) {
    return JSON.parse(text.replace(tokens, (token) => (token[0] === '"' ? token : `"${token}"`)));
}

const form = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/**
 * A decimal as a whole number of 10^-places, exactly; null when it is no number, or when it has
 * more places than that.
 */
export function scaled(digits, places) {
    const match = form.exec(digits ?? "");
    if (!match) return null;
    const fraction = match[3] ?? "";
    const exponent = Number(match[4] ?? 0);
    if (Math.abs(exponent) > 400) return null;
    const shift = places + exponent - fraction.length;
    let value = BigInt(match[2] + fraction);
    if (shift >= 0) value *= 10n ** BigInt(shift);
    else {
        const divisor = 10n ** BigInt(-shift);
        if (value % divisor !== 0n) return null;
        value /= divisor;
    }
    return match[1] ? -value : value;
}

/** A decimal rounded half up (away from zero) to a whole number of 10^-places; null when none. */
export function rounded(digits, places) {
    const match = form.exec(digits ?? "");
    if (!match) return null;
    const fraction = match[3] ?? "";
    const exponent = Number(match[4] ?? 0);
    if (Math.abs(exponent) > 400) return null;
    const shift = places + exponent - fraction.length;
    let value = BigInt(match[2] + fraction);
    if (shift >= 0) value *= 10n ** BigInt(shift);
    else {
        const divisor = 10n ** BigInt(-shift);
        value = (value * 2n + divisor) / (divisor * 2n);
    }
    return match[1] ? -value : value;
}

/** How many places a decimal needs: its own without trailing zeros. */
export function placesOf(digits) {
    const match = form.exec(digits ?? "");
    if (!match) return 0;
    const fraction = (match[3] ?? "").replace(/0+$/, "");
    return Math.max(0, fraction.length - Number(match[4] ?? 0));
}

/** A whole count as BigInt; 0 when there is none. */
export const count = (digits) => scaled(digits, 0) ?? 0n;

/** Money as BigInt of ten-thousandths; 0 when there is none. */
export const money = (digits) => rounded(digits, 4) ?? 0n;

/** For a position on a screen. */
export const approximate = (digits) => (digits === null || digits === undefined ? 0 : Number(digits));
