// Brings <main> to what the server says, without disturbing whoever is typing, reading or pressing.
"use strict";

let pointerDown = false;
let waiting = null;

const FIELDS = "input:not([type=hidden], [type=file]), textarea, select";

// What is chosen from, if anything is: the options of a list, or a group of radio buttons, which is one field.
function offers(field) {
  if (field.type === "radio") return [...field.form.elements].filter((one) => one.type === "radio" && one.name === field.name);
  return field.tagName === "SELECT" ? [...field.options] : null;
}

function current(field) {
  if (field.type === "radio") return offers(field).find((radio) => radio.checked)?.value;
  return field.type === "checkbox" ? field.checked : field.value;
}

function given(field) { // as the server made it
  if (field.type === "radio") return offers(field).find((radio) => radio.defaultChecked)?.value;
  if (field.type === "checkbox") return field.defaultChecked;
  if (field.tagName !== "SELECT") return field.defaultValue;
  return (offers(field).find((option) => option.defaultSelected) || field.options[0])?.value;
}

function set(field, value) {
  // Who was chosen and is not offered any more: not the one who stands in that place now.
  const gone = offers(field)?.every((one) => one.value !== value);
  const wanted = gone ? given(field) : value;
  if (field.type === "radio") field.checked = field.value === wanted;
  else if (field.type === "checkbox") field.checked = wanted;
  else if (field.value !== wanted) field.value = wanted;
}

function fieldKey(field) {
  const form = field.form;
  const whose = form ? form.getAttribute("action") + "|" + [...form.querySelectorAll("input[type=hidden]:not([name=csrf_token])")].map((i) => i.value).join("|") : "";
  return whose + "|" + field.name + (field.type === "checkbox" ? "|" + field.value : "");
}

const isTyped = (field) => current(field) !== given(field);
page.typedIn = (root) => [...root.querySelectorAll(FIELDS)].some(isTyped);

// --- leaving --------------------------------------------------------------------------------------------------------

// What is lost is what somebody wrote or chose among a few. A list that merely differs is not, nor is a PIN or password;
// a form with which somebody signs in holds nothing else.
const WRITTEN = "textarea, input:not([type=hidden], [type=file], [type=password], [type=checkbox])";
const SIGN_IN = "[autocomplete$=-password]";
const returned = page.text.returned !== undefined; // the box gave back what was sent: it stands here and nowhere else
let departing = null; // this form is on its way to another page, or to a file

function isWritten(field) {
  if (!field.form || field.form === departing || field.form.querySelector(SIGN_IN)) return false;
  return isTyped(field) || (returned && field.type !== "radio" && field.value !== "");
}

page.isSent = (form) => { departing = form; };

addEventListener("beforeunload", (event) => {
  if (![...document.querySelectorAll(WRITTEN)].some(isWritten)) return;
  event.preventDefault();
  setTimeout(() => { departing = null; }); // runs where the reader stays
});
// On the window: after everybody who may keep the form on this page.
addEventListener("submit", (event) => { if (!event.defaultPrevented && event.target.method !== "dialog") page.isSent(event.target); });
addEventListener("input", (event) => { if (event.target.form === departing) departing = null; });
addEventListener("pageshow", () => { departing = null; });

// --- news -----------------------------------------------------------------------------------------------------------

function keep(root) {
  const typed = new Map();
  for (const field of root.querySelectorAll(FIELDS)) {
    if (isTyped(field)) typed.set(fieldKey(field), current(field));
  }
  const active = document.activeElement;
  const inside = active && active !== root && root.contains(active);
  const fold = inside && active.closest("details[id]")?.id;
  const focus = inside ? { id: active.id, node: active, fold, start: active.selectionStart, end: active.selectionEnd } : null;
  return { typed, focus };
}

function restore(root, kept) {
  for (const field of root.querySelectorAll(FIELDS)) {
    const was = kept.typed.get(fieldKey(field));
    set(field, was === undefined ? given(field) : was); // an element may have become another form's
  }
  if (!kept.focus || document.activeElement === kept.focus.node) return;
  const again = document.getElementById(kept.focus.id), fold = document.getElementById(kept.focus.fold);
  for (const place of [again, fold?.querySelector("summary"), root]) { // gone or folded away: go on where it was
    place?.focus({ preventScroll: true });
    if (document.activeElement === place) break;
  }
  if (document.activeElement === again && typeof kept.focus.start === "number") again.setSelectionRange(kept.focus.start, kept.focus.end);
}

// Only what differs is touched, so that focus stays, live regions speak and opened details stay open.
function same(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return false;
  if (old.nodeType !== Node.ELEMENT_NODE) return true;
  return old.id === fresh.id && old.getAttribute("action") === fresh.getAttribute("action");
}

function match(at, fresh) {
  if (fresh.nodeType !== Node.ELEMENT_NODE) return at && same(at, fresh) ? at : null;
  for (let old = at; old; old = old.nextSibling) {
    if (same(old, fresh)) return old;
    if (!fresh.id && old.id) return null; // never past something that has a name
  }
  return null;
}

// A fold with a name is the reader's own: the server opens it only where it did not want it open before.
const folds = new WeakMap();

function noteFolds(root) {
  for (const fold of root.querySelectorAll("details[id]")) folds.set(fold, fold.open);
}

function refold(old, fresh) {
  if (fresh.open && !folds.get(old)) old.open = true;
  folds.set(old, fresh.open);
}

function become(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  const fold = old.matches("details[id]"), kept = fold ? "open" : "";
  for (const { name, value } of fresh.attributes) if (name !== kept && old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) if (name !== kept && !fresh.hasAttribute(name)) old.removeAttribute(name);
  if (fold) refold(old, fresh);
  if (old.nodeName !== "TEMPLATE") children(old, fresh);
  else if (old.innerHTML !== fresh.innerHTML) old.innerHTML = fresh.innerHTML;
}

function children(old, fresh) {
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const found = match(at, next);
    if (!found) { old.insertBefore(next, at); continue; }
    while (at !== found) { const gone = at; at = at.nextSibling; gone.remove(); }
    become(found, next);
    at = found.nextSibling;
  }
  while (at) { const gone = at; at = at.nextSibling; gone.remove(); }
}

page.swap = function (html) {
  if (pointerDown) { waiting = html; return; } // a press must find its button where it was
  const kept = keep(page.main), fresh = document.createElement("main");
  fresh.innerHTML = html;
  localise(fresh);
  tick(fresh);
  noteFolds(fresh);
  children(page.main, fresh);
  restore(page.main, kept);
  document.dispatchEvent(new CustomEvent("page:swapped"));
};

document.addEventListener("pointerdown", (event) => { if (event.button === 0) pointerDown = true; }, true);

function lift() {
  if (!pointerDown) return;
  setTimeout(() => { // the click of this press comes first
    pointerDown = false;
    if (waiting !== null) { const html = waiting; waiting = null; page.swap(html); }
  }, 0);
}

// A press may end where this page is not told of it, under a menu or in another window: news must not wait for it for ever.
for (const name of ["pointerup", "pointercancel", "contextmenu"]) document.addEventListener(name, lift, true);
document.addEventListener("pointermove", (event) => { if (!event.buttons) lift(); }, true);
addEventListener("blur", lift);

noteFolds(document);
