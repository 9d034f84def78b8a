/* On a narrow screen each value of a list stands beside its label, which begins with a capital as the headings do. */
document.addEventListener("DOMContentLoaded", () => {
  const language = document.documentElement.lang || "en";
  for (const cell of document.querySelectorAll("td[data-label], th[data-label]")) {
    const label = cell.dataset.label;
    cell.dataset.label = label.charAt(0).toLocaleUpperCase(language) + label.slice(1);
  }
});
/* One more row like the last, empty, under the next number. Without scripts a page comes back with more rows after its first errors. */
document.addEventListener("DOMContentLoaded", () => {
  for (const rows of document.querySelectorAll("[data-rows]")) {
    const button = rows.querySelector("[data-add-row]");
    button.hidden = false;
    button.addEventListener("click", () => {
      const last = [...rows.querySelectorAll("[data-row]")].pop();
      const number = Number(last.dataset.row) + 1;
      const added = last.cloneNode(true);
      added.dataset.row = number;
      added.setAttribute("aria-label", added.getAttribute("aria-label").replace(/\d+/, number + 1));
      for (const part of [...added.querySelectorAll("*")]) {
        if (part.id.endsWith("_error")) { part.remove(); continue; }
        for (const { name, value } of [...part.attributes]) part.setAttribute(name, value.replace(`${rows.dataset.rows}_${last.dataset.row}_`, `${rows.dataset.rows}_${number}_`));
        part.classList.remove("errors");
        part.removeAttribute("aria-invalid");
        if (part.tagName === "DETAILS") part.open = false;
        if (part.tagName === "INPUT") part.value = "";
      }
      last.after(added);
      added.querySelector("input").focus();
      button.disabled = number + 1 >= Number(rows.dataset.most);
    });
  }
});
/* Columns of figures stand at the right, and some keep to one line: the list says which. */
document.addEventListener("DOMContentLoaded", () => {
  for (const list of document.querySelectorAll(".kit-list")) {
    for (const cell of list.querySelectorAll("td")) cell.classList.toggle("is-nothing", ["–", "-", ""].includes(cell.textContent.trim()));
    for (const [names, kind] of [[list.dataset.figures, "is-figure"], [list.dataset.unbroken, "is-unbroken"]]) {
      for (const name of names.split(" ").filter(Boolean)) {
        for (const cell of list.querySelectorAll(`.field-${name}, .column-${name}`)) cell.classList.add(kind);
      }
    }
  }
});
/* Fields that belong to some choices only are seen with these; what went wrong stays seen. Without scripts all are there. */
document.addEventListener("DOMContentLoaded", () => {
  for (const told of document.querySelectorAll("[data-only-with]")) {
    const chooser = document.querySelector(`[name="${told.dataset.onlyWith}"]`);
    const fields = JSON.parse(told.dataset.fields);
    const show = () => {
      for (const name of new Set(Object.values(fields).flat())) {
        const field = document.querySelector(`[data-field="${name}"]`);
        field.hidden = !(fields[chooser.value] || []).includes(name) && !field.classList.contains("errors");
      }
    };
    chooser.addEventListener("change", show);
    show();
  }
});
