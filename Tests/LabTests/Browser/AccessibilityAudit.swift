/// Checks of a page's structure and colours, run in the page; each mistake is a line.
enum AccessibilityAudit {
    static let script = """
        const found = [];
        const complain = (rule, element) =>
            found.push(rule + ": " + element.outerHTML.slice(0, 160));
        const seen = (element) => element.checkVisibility({ checkVisibilityCSS: true });
        const named = (element) => {
            const by = element.getAttribute("aria-labelledby");
            const other = by && by.split(" ").map((id) => document.getElementById(id)?.textContent).join("");
            return (element.getAttribute("aria-label") || other || element.textContent || "").trim() !== "";
        };
        if (!document.documentElement.lang) found.push("the page has no language");
        if (!document.title) found.push("the page has no title");
        for (const name of ["header", "main", "footer"])
            if (document.querySelectorAll("body > " + name).length !== 1) found.push("not one " + name);
        const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
        for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) found.push("id twice: " + id);
        for (const image of document.querySelectorAll("img")) if (!image.hasAttribute("alt")) complain("no alt", image);
        for (const control of document.querySelectorAll("button, a[href], summary, [role=group], section"))
            if (!named(control)) complain("no name", control);
        for (const control of document.querySelectorAll("input, select, textarea"))
            if (!control.labels?.length && !control.hasAttribute("aria-label")) complain("no label", control);
        for (const canvas of document.querySelectorAll("canvas"))
            if (canvas.getAttribute("role") !== "img" || !canvas.getAttribute("aria-label")) complain("no text", canvas);
        for (const svg of document.querySelectorAll("svg"))
            if (svg.getAttribute("aria-hidden") !== "true") complain("svg is read out", svg);
        for (const table of document.querySelectorAll("table")) {
            if (!table.caption?.textContent.trim()) complain("no caption", table);
            for (const head of table.querySelectorAll("th")) if (!head.scope) complain("no scope", head);
        }
        for (const id of [...document.querySelectorAll("[aria-labelledby]")].flatMap((e) => e.getAttribute("aria-labelledby").split(" ")))
            if (!document.getElementById(id)) found.push("no such label: " + id);
        let level = 0;
        for (const heading of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
            if (heading.closest("dialog:not([open])")) continue;
            const next = Number(heading.localName[1]);
            if (next > level + 1) complain("heading skips a level", heading);
            level = next;
        }
        if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
        if (!document.querySelector("[aria-live=polite]")) found.push("nothing is announced");
        for (const box of document.querySelectorAll("body *"))
            if (seen(box) && box.scrollHeight > box.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(box).overflowY)
                && box.tabIndex < 0) complain("cannot be scrolled by keys", box);

        const parse = (text) => {
            const numbers = text.match(/[\\d.]+/g).map(Number);
            return { r: numbers[0], g: numbers[1], b: numbers[2], a: numbers[3] ?? 1 };
        };
        const over = (top, under) => ({
            r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a),
            b: top.b * top.a + under.b * (1 - top.a), a: 1,
        });
        const light = ({ r, g, b }) => {
            const [x, y, z] = [r, g, b].map((value) => {
                const part = value / 255;
                return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * x + 0.7152 * y + 0.0722 * z;
        };
        const ratio = (a, b) => {
            const [x, y] = [light(a), light(b)].sort((p, q) => q - p);
            return (x + 0.05) / (y + 0.05);
        };
        const ground = (element) => {
            const layers = [];
            for (let at = element; at; at = at.parentElement) {
                const color = parse(getComputedStyle(at).backgroundColor);
                if (color.a > 0) layers.push(color);
                if (color.a === 1) break;
            }
            return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
        };
        let texts = 0;
        for (const element of document.querySelectorAll("body *")) {
            const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
            if (!own || !seen(element) || element.closest(".visually-hidden, noscript, select")) continue;
            const style = getComputedStyle(element);
            const size = parseFloat(style.fontSize);
            const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
            const grounds = [ground(element)];
            const bar = element.previousElementSibling;
            if (bar?.classList.contains("bar")) grounds.push(parse(getComputedStyle(bar).backgroundColor));
            texts += 1;
            for (const under of grounds) {
                const contrast = ratio(over(parse(style.color), under), under);
                if (contrast < least) complain("contrast " + contrast.toFixed(2), element);
            }
        }
        return { found, texts };
        """
}
