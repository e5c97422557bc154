// The only ways in which data reaches the document: text nodes, attributes and properties.

export const byId = (id) => document.getElementById(id);

/** Sets a text, when it is another one: what did not change is neither laid out nor read out. */
export function text(element, value) {
    const string = String(value);
    if (element.textContent !== string) element.textContent = string;
}

export function show(element, visible) {
    if (element.hidden === visible) element.hidden = !visible;
}

/** Sets or removes an attribute. */
export function attribute(element, name, value) {
    if (value === null || value === undefined) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

/** An element with a class and children; strings become text. */
export function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
}

/** Makes a list have so many children, made by `make`, so that rows are kept and only texts change. */
export function rows(parent, number, make) {
    while (parent.children.length > number) parent.lastElementChild.remove();
    while (parent.children.length < number) parent.append(make());
    return parent.children;
}

/** A cell with what a stranger wrote: shown as text, in its own direction. */
export function foreign(target, value) {
    text(target, value);
    if (target.dir !== "auto") target.dir = "auto";
}

const tip = byId("tip");

/** Lines of text in a small box over an element, while it is pointed at or focused. */
export function tooltip(target, lines) {
    const place = () => {
        tip.replaceChildren(...lines().map((line, index) => {
            const part = element(index === 0 ? "strong" : "span", "", line);
            part.dir = "auto";
            return part;
        }));
        tip.hidden = false;
        const box = target.getBoundingClientRect();
        const left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2),
            document.documentElement.clientWidth - tip.offsetWidth - 8);
        const above = box.top - tip.offsetHeight - 6;
        tip.style.left = `${left}px`;
        tip.style.top = `${above > 4 ? above : box.bottom + 6}px`;
    };
    const hide = () => { tip.hidden = true; };
    target.addEventListener("pointerenter", place);
    target.addEventListener("pointerleave", hide);
    target.addEventListener("focus", place);
    target.addEventListener("blur", hide);
}

export const hideTooltip = () => { tip.hidden = true; };
