/* Behavior that every page shares. Markup asks for it by data attributes, so no page carries a script of its own for it.
 *
 *   data-opens="ID"          click opens the dialog with that id      data-closes   click closes the dialog around it
 *   <dialog data-open-now>   opens as soon as it is swapped in
 *   data-theme-choice="dark|light|system"
 *   data-submit-on-change    a form control that submits its form
 *   data-address             a hidden input that is sent with the address which the page has at that moment
 *   data-amount              a money input: groups digits while typing (data-group, data-decimal, data-decimals)
 *   data-currency-of="ID"    a select of currencies: its options say data-decimals and data-symbol of that money input
 *   data-keypad="ID"         keys with data-key type into that input  data-amount-value="250000" sets it (minor units)
 *   data-step="1|-1"         a button of a stepper
 *   data-shortcut="/"        the key that focuses or clicks the element (ignored while typing, except F and Escape keys)
 *   data-copy="TEXT"         click copies; data-copied is the toast
 *   data-share="URL"         a hidden button that appears where the device can pass something on; data-share-title
 * From the server: header HX-Trigger: {"toast": {"text": "…", "kind": "positive"}}
 */
(() => {
  "use strict";

  const closest = (event, selector) => (event.target instanceof Element ? event.target.closest(selector) : null);

  // Toasts
  const LIFE = 6000;
  const region = () => document.getElementById("toasts");

  function dismissLater(toast) {
    if (toast.dataset.kind === "negative") return;
    let timer = setTimeout(() => toast.remove(), LIFE);
    const stay = () => clearTimeout(timer);
    const leave = () => {
      stay();
      timer = setTimeout(() => toast.remove(), LIFE / 2);
    };
    toast.addEventListener("pointerenter", stay);
    toast.addEventListener("focusin", stay);
    toast.addEventListener("pointerleave", leave);
    toast.addEventListener("focusout", leave);
  }

  function toast(text, kind = "notice") {
    const template = document.getElementById(`toast-${kind}`) || document.getElementById("toast-notice");
    if (!template || !region()) return;
    const made = template.content.firstElementChild.cloneNode(true);
    made.querySelector(".toast-text").textContent = text;
    // A dialog lies above the page: what is said while one is open must lie in it.
    const dialogs = document.querySelectorAll("dialog[open]");
    const home = dialogs.length ? dialogHome(dialogs[dialogs.length - 1]) : region();
    home.append(made);
    dismissLater(made);
  }

  function dialogHome(dialog) {
    let home = dialog.querySelector(":scope > .toasts");
    if (!home) {
      home = document.createElement("div");
      home.className = "toasts";
      home.setAttribute("role", "status");
      dialog.append(home);
    }
    return home;
  }

  // What was said outlives the sheet that it was said in, whether that closes or is replaced.
  function rescueToasts(root) {
    const dialogs = root instanceof HTMLDialogElement ? [root] : (root.querySelectorAll?.("dialog") ?? []);
    for (const dialog of dialogs) region()?.append(...dialog.querySelectorAll(".toast"));
  }

  document.addEventListener("close", (event) => rescueToasts(event.target), true);
  document.addEventListener("htmx:beforeCleanupElement", (event) => rescueToasts(event.detail.elt));
  document.addEventListener("toast", (event) => toast(event.detail.text, event.detail.kind));
  document.addEventListener("htmx:sendError", () => toast(region().dataset.offline, "negative"));
  document.addEventListener("htmx:timeout", () => toast(region().dataset.offline, "negative"));
  document.addEventListener("htmx:responseError", () => toast(region().dataset.failed, "negative"));

  // Theme
  function chooseTheme(choice) {
    const root = document.documentElement;
    if (choice === "system") delete root.dataset.theme;
    else root.dataset.theme = choice;
    const age = choice === "system" ? 0 : 31536000;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${choice}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
    showTheme();
  }

  function showTheme() {
    const now = document.documentElement.dataset.theme || "system";
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === now));
    }
  }

  // Amounts: digits are the truth, separators are for the eye.
  function groupDigits(digits, group) {
    return digits.replace(/\B(?=(\d{3})+(?!\d))/g, group);
  }

  function format(typed, input) {
    const text = typed.normalize("NFKC"); // full-width digits
    // Who types a minus is told by the server that there is none, rather than that it was never typed.
    const sign = /^\s*[-−]/.test(text) ? "-" : "";
    const { group = ".", decimal = ",", decimals = "0" } = input.dataset;
    const places = Number(decimals);
    const at = places ? Math.max(text.lastIndexOf(decimal), decimal === "," ? text.lastIndexOf(".") : text.lastIndexOf(",")) : -1;
    const tail = at >= 0 ? text.slice(at + 1).replace(/\D/g, "") : "";
    const isFraction = at >= 0 && (text[at] === decimal || tail.length !== 3);
    const whole = (isFraction ? text.slice(0, at) : text).replace(/\D/g, "").replace(/^0+(?=\d)/, "");
    const grouped = groupDigits(whole, group);
    return sign + (isFraction ? `${grouped || "0"}${decimal}${tail.slice(0, places)}` : grouped);
  }

  // What stands in an amount as it was grouped here. An amount that could be read in another way than it was typed stays as typed, and
  // the server says what is wrong with it.
  const grouped = new WeakMap();

  // Whether the text is an amount already: digits, whole groups of three, and decimals where there are some.
  function isAmount(text, { decimals = "0" }) {
    const behind = Number(decimals) ? `([.,]\\d{0,${decimals}})?` : "";
    const plain = text.normalize("NFKC").replace(/\s/g, "").replace(/^[-−]/, "");
    return new RegExp(`^(\\d*|\\d{1,3}([.,'])\\d{3}(\\2\\d{3})*)${behind}$`).test(plain);
  }

  // What came between the text that stood there and what stands now.
  function inserted(before, now) {
    let start = 0;
    let end = 0;
    while (start < before.length && before[start] === now[start]) start += 1;
    while (end < Math.min(before.length, now.length) - start && before.at(-1 - end) === now.at(-1 - end)) end += 1;
    return now.slice(start, now.length - end).normalize("NFKC");
  }

  // Digits that come or go between our own separators leave those in the wrong places; anything else has to be an amount by itself.
  function isClear(input, pasted) {
    const before = grouped.get(input);
    const typed = before !== undefined && !pasted && /^\d*$/.test(inserted(before, input.value));
    return typed || isAmount(input.value, input.dataset);
  }

  function reformat(input, pasted = false) {
    if (!isClear(input, pasted)) {
      grouped.delete(input);
      return;
    }
    regroup(input);
    grouped.set(input, input.value);
  }

  function regroup(input) {
    const before = input.value.slice(0, input.selectionStart ?? input.value.length).replace(/[^\d]/g, "").length;
    const value = format(input.value, input);
    if (value === input.value) return;
    input.value = value;
    let seen = 0;
    let caret = 0;
    while (caret < value.length && seen < before) if (/\d/.test(value[caret++])) seen += 1;
    if (document.activeElement === input) input.setSelectionRange(caret, caret);
  }

  function setAmount(input, text) {
    input.value = format(text, input);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // A select of currencies says how many decimals the amount beside it has. An amount of other decimals would be another one.
  function chooseCurrency(select) {
    const input = document.getElementById(select.dataset.currencyOf);
    const { decimals, symbol } = select.selectedOptions[0].dataset;
    const sign = input.parentElement.querySelector("[data-currency-sign]");
    if (sign) sign.textContent = symbol;
    if (input.dataset.decimals === decimals) return;
    input.dataset.decimals = decimals;
    input.inputMode = Number(decimals) ? "decimal" : "numeric";
    setAmount(input, "");
    input.focus();
  }

  function pressKey(button) {
    const input = document.getElementById(closest({ target: button }, "[data-keypad]").dataset.keypad);
    const key = button.dataset.key;
    if (key === "clear") setAmount(input, "");
    else if (key === "back") setAmount(input, input.value.replace(/[^\d](?=\d$)/, "").slice(0, -1));
    else if (key === "decimal") setAmount(input, input.value + (input.dataset.decimal || ","));
    else setAmount(input, input.value + key);
  }

  function setMinor(button) {
    const input = document.getElementById(button.dataset.for);
    const { decimals = "0", decimal = "," } = input.dataset;
    const places = Number(decimals);
    const digits = button.dataset.amountValue.padStart(places + 1, "0");
    setAmount(input, places ? `${digits.slice(0, -places)}${decimal}${digits.slice(-places)}` : digits);
    input.focus();
  }

  function step(button) {
    const input = button.parentElement.querySelector("input");
    if (Number(button.dataset.step) > 0) input.stepUp();
    else input.stepDown();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Sheets
  function open(dialog) {
    if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
  }

  function ready(root) {
    if (root.matches?.("dialog[data-open-now]")) open(root);
    root.querySelectorAll("dialog[data-open-now]").forEach(open);
    root.querySelectorAll("[data-amount]").forEach((input) => reformat(input));
    root.querySelectorAll(".toasts > .toast").forEach(dismissLater);
    root.querySelectorAll("[data-share]").forEach((button) => (button.hidden = !navigator.share));
  }

  const CLICKS = {
    "[data-opens]": (el) => open(document.getElementById(el.dataset.opens)),
    "[data-closes]": (el) => el.closest("dialog")?.close(),
    "[data-dismisses]": (el) => el.closest(".toast, .banner")?.remove(),
    "[data-theme-choice]": (el) => chooseTheme(el.dataset.themeChoice),
    "[data-key]": pressKey,
    "[data-amount-value]": setMinor,
    "[data-step]": step,
    "[data-share]": (el) => navigator.share({ title: el.dataset.shareTitle || "", url: el.dataset.share }).catch(() => {}),
    "[data-copy]": (el) => navigator.clipboard?.writeText(el.dataset.copy).then(() => toast(el.dataset.copied || "", "positive")),
  };

  document.addEventListener("click", (event) => {
    for (const [selector, act] of Object.entries(CLICKS)) {
      const found = closest(event, selector);
      if (found) act(found);
    }
    if (event.target instanceof HTMLDialogElement) event.target.close();
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  document.addEventListener("input", (event) => {
    if (event.target.matches?.("[data-amount]")) reformat(event.target, event.inputType === "insertFromPaste");
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-submit-on-change]")) event.target.form.requestSubmit();
    if (event.target.matches?.("[data-currency-of]")) chooseCurrency(event.target);
  });

  document.addEventListener("submit", (event) => {
    for (const input of event.target.querySelectorAll("[data-address]")) input.value = location.pathname + location.search;
  });

  const isTyping = (el) => el?.matches?.("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(event.target) && !/^(F\d+|Escape)$/.test(event.key)) return;
    for (const el of document.querySelectorAll("[data-shortcut]")) {
      if (el.dataset.shortcut !== event.key || el.disabled || (document.querySelector("dialog[open]") && !el.closest("dialog[open]"))) continue;
      event.preventDefault();
      if (isTyping(el)) {
        el.focus();
        el.select?.();
      } else el.click();
      return;
    }
  });

  document.addEventListener("htmx:load", (event) => ready(event.detail.elt));
  document.addEventListener("DOMContentLoaded", () => {
    ready(document);
    showTheme();
  });
  window.house = { toast, chooseTheme };
})();
