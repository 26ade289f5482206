"use strict";
// Sorting: each heading of a sortable table becomes a button.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const heads = Array.from(table.tHead.rows[0].cells);
  const value = (row, n) => {
    const cell = row.cells[n];
    return cell.dataset.v === undefined ? null : Number(cell.dataset.v);
  };
  heads.forEach((head, n) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const sign = head.getAttribute("aria-sort") === "descending" ? 1 : -1;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", sign < 0 ? "descending" : "ascending");
      const rows = Array.from(body.rows);
      rows.sort((a, b) => {
        const [x, y] = [value(a, n), value(b, n)];
        if (x !== null && y !== null) return sign * (x - y);
        // Rows without a number come last.
        if (x !== null || y !== null) return x === null ? 1 : -1;
        return -sign * a.cells[n].textContent.localeCompare(b.cells[n].textContent);
      });
      body.append(...rows);
    });
  });
}
