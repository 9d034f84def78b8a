/* On a narrow screen each value of a list stands beside its label, which begins with a capital as the headings do. */
document.addEventListener("DOMContentLoaded", () => {
  const language = document.documentElement.lang || "en";
  for (const cell of document.querySelectorAll("td[data-label], th[data-label]")) {
    const label = cell.dataset.label;
    cell.dataset.label = label.charAt(0).toLocaleUpperCase(language) + label.slice(1);
  }
});
