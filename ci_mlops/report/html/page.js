// Comfort only: without it everything can be read.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const made = (name, more) => Object.assign(document.createElement(name), more);

  // the switch works by CSS; here it is remembered, where the browser lets a file remember
  const themes = all('input[name="theme"]');
  try {
    const kept = localStorage.getItem("ci-mlops-theme");
    for (const one of themes) {
      one.checked = one.value === (kept || "auto");
      one.addEventListener("change", () => localStorage.setItem("ci-mlops-theme", one.value));
    }
  } catch { /* nothing is remembered */ }

  // numbers sort as numbers: a true minus, spaces between thousands, a unit behind
  const value = (row, at) => {
    const text = row.cells[at].textContent.trim();
    const number = parseFloat(text.replace(/[\u00a0\u2060\s]/g, "").replace("\u2212", "-").replace(/^([+-]?)[^\d+-]*/, "$1"));
    return [Number.isNaN(number) ? null : number, text];
  };
  const compared = (a, b) =>
    a[0] !== null && b[0] !== null ? a[0] - b[0] : a[0] !== null ? -1 : b[0] !== null ? 1 : a[1].localeCompare(b[1]);
  for (const table of all("table[data-sortable]")) {
    const heads = all("thead th", table);
    for (const head of heads.filter((one) => !one.classList.contains("drawn"))) {
      const button = made("button", { type: "button" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((one) => one.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = all("tbody tr", table).map((row) => [value(row, head.cellIndex), row]);
        rows.sort((a, b) => compared(a[0], b[0]) * (down ? -1 : 1));
        table.tBodies[0].append(...rows.map(([, row]) => row));
      });
    }
  }

  for (const table of all("table[data-search]")) {
    const search = made("input", { type: "search", className: "search", placeholder: "Filter rows" });
    search.setAttribute("aria-label", "Filter rows of the table below");
    search.addEventListener("input", () => {
      const wanted = search.value.toLowerCase();
      for (const row of all("tbody tr", table)) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    });
    table.parentElement.before(search);
  }

  // digests and commands, where the browser has a clipboard
  if (navigator.clipboard) {
    for (const code of all("#audit td code, #audit > p code, .next code").filter((one) => /^(git|ci-mlops) |^(sha256:)?[0-9a-f]{40,}$/.test(one.textContent))) {
      const button = made("button", { type: "button", className: "copy", textContent: "Copy" });
      button.setAttribute("aria-label", `Copy ${code.textContent.slice(0, 40)}`);
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(code.textContent);
          button.textContent = "Copied";
        } catch { button.textContent = "Not copied"; }
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      });
      code.after(button);
    }
  }

  // where we are
  const links = new Map(all(".contents a").map((one) => [one.hash.slice(1), one]));
  const seen = new IntersectionObserver((entries) => {
    const entry = entries.find((one) => one.isIntersecting);
    if (!entry) return;
    links.forEach((one) => one.removeAttribute("aria-current"));
    links.get(entry.target.id).setAttribute("aria-current", "true");
  }, { rootMargin: "-10% 0px -75% 0px" });
  for (const id of links.keys()) seen.observe(document.getElementById(id));
})();
