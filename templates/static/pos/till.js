/* The find field of the till as a combobox, and where the cursor goes when the counter changes. The server does all else.
 *
 * Arrow keys move through the customers found, Enter opens the one that is marked; without one the form is sent, and the server
 * opens a single match. Escape closes the list, then empties the field, then cancels.
 */
(() => {
  "use strict";

  const field = () => document.getElementById("q");
  const found = () => document.getElementById("found");
  const hits = () => [...document.querySelectorAll("#hits [role='option']")];
  const marked = () => document.querySelector("#hits [aria-selected='true']");
  // What was sent by Enter: the search that still waits for a pause in typing would only undo its answer.
  let sent = null;
  // When somebody came to the counter: the Enter that was meant for the find field may arrive at the empty amount.
  let came = -Infinity;
  const GRACE = 800;

  function mark(option) {
    for (const each of hits()) each.setAttribute("aria-selected", String(each === option));
    if (option) {
      field().setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else field()?.removeAttribute("aria-activedescendant");
  }

  function shown() {
    mark(null);
    field()?.setAttribute("aria-expanded", String(hits().length > 0));
  }

  function close() {
    found()?.replaceChildren();
    shown();
  }

  function move(step) {
    const all = hits();
    const at = all.indexOf(marked());
    if (all.length) mark(all[at < 0 && step < 0 ? all.length - 1 : (at + step + all.length) % all.length]);
    return all.length > 0;
  }

  function leave() {
    const busy = field().value !== "" || found().childElementCount > 0;
    field().value = "";
    close();
    return busy;
  }

  function open() {
    const option = marked();
    option?.click();
    return Boolean(option);
  }

  const KEYS = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: open, Escape: leave };

  const isTooEarly = ({ key, target }) => key === "Enter" && target.id === "id_amount" && !target.value && performance.now() - came < GRACE;

  document.addEventListener(
    "keydown",
    (event) => {
      if (isTooEarly(event)) event.preventDefault();
      if (event.target !== field() || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!KEYS[event.key]?.()) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  document.addEventListener("click", (event) => {
    if (found()?.childElementCount && event.target instanceof Element && !event.target.closest(".till-search")) close();
  });

  document.addEventListener("input", (event) => {
    if (event.target === field()) sent = null;
  });

  document.addEventListener("htmx:confirm", (event) => {
    const { elt } = event.detail;
    if (elt.id === "find") sent = field().value;
    if (elt === field() && sent === field().value) event.preventDefault();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    const { target, elt, requestConfig } = event.detail;
    if (target.id === "found") {
      shown();
      if (requestConfig?.elt.id === "find") move(1);
    } else if (target.id === "counter") {
      const next = field();
      if (!next) return;
      next.value = "";
      came = performance.now();
      shown();
      // A panel whose field has `autofocus` gets the cursor from htmx, once it listens to that field.
      if (target.querySelector("[autofocus]")) return;
      next.focus();
      window.scrollTo({ top: 0 });
    }
  });
})();
