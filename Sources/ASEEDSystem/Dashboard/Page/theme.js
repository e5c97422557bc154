// Runs before the page is painted, so that a remembered theme does not flash.
(() => {
    let choice = null;
    try { choice = localStorage.getItem("aseed-theme"); } catch { /* storage may be off */ }
    if (choice === "light" || choice === "dark") document.documentElement.dataset.theme = choice;
})();
