// Keeps <main> as the server renders it. Nothing here decides anything: after every doubt the truth is fetched.
"use strict";

const page = {
  main: document.getElementById("main"),
  bar: document.getElementById("connection"),
  box: document.getElementById("notice"),
  csrf: document.querySelector("meta[name=csrf]").content,
  text: document.body.dataset,
};

// --- notices and clocks ---------------------------------------------------------------------------------------------

page.say = function (kind, text) {
  page.box.className = "notice " + kind;
  page.box.textContent = text;
  page.box.hidden = !text;
  clearTimeout(page.fading);
  if (kind === "done") page.fading = setTimeout(() => { page.box.hidden = true; }, 5000);
};

function localise(root) {
  for (const time of root.querySelectorAll("time[data-clock]")) {
    const at = new Date(time.dateTime);
    if (!isNaN(at)) time.textContent = at.toLocaleTimeString("vi-VN", { hour12: false });
  }
}

// --- time: the box's own clock, followed from its last word on ------------------------------------------------------

let told = { at: Date.parse(document.querySelector("meta[name=now]")?.content || ""), when: performance.now() };

page.sync = function (now) {
  const at = Date.parse(now || "");
  if (!isNaN(at)) told = { at, when: performance.now() };
};

const boxTime = () => told.at + performance.now() - told.when;
const warned = new Set();
const LAST_SECONDS = 10;

function tick(root) {
  for (const clock of root.querySelectorAll("time[data-running]")) {
    clock.textContent = new Date(boxTime()).toLocaleTimeString("vi-VN", { hour12: false });
  }
  for (const timer of root.querySelectorAll("[data-ends]")) {
    const left = Math.max(0, Math.ceil((Date.parse(timer.dataset.ends) - boxTime()) / 1000));
    const text = Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0");
    if (timer.textContent !== text) timer.textContent = text;
    timer.closest(".time-left")?.classList.toggle("soon", left <= LAST_SECONDS);
    if (left <= LAST_SECONDS && left > 0 && !warned.has(timer.dataset.ends)) {
      warned.add(timer.dataset.ends);
      page.announce(timer.dataset.soon);
    }
  }
}

setInterval(() => tick(document), 250);

// What a screen reader is told beside what it reads: seldom, and never a number that changes with every vote.
page.announce = function (text) {
  const region = document.getElementById("announce");
  if (region && text) region.textContent = text;
};

// --- bringing <main> to what the server says, without disturbing whoever is typing, reading or pressing --------------

let pointerDown = false;
let waiting = null;

const FIELDS = "input:not([type=hidden], [type=file]), textarea, select";
const ticked = (field) => field.type === "radio" || field.type === "checkbox";
const current = (field) => (ticked(field) ? field.checked : field.value);

function given(field) { // as the server made it
  if (ticked(field)) return field.defaultChecked;
  if (field.tagName !== "SELECT") return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) || field.options[0])?.value;
}

function set(field, value) {
  if (ticked(field)) field.checked = value;
  else if (field.value !== value && (field.tagName !== "SELECT" || [...field.options].some((o) => o.value === value))) field.value = value;
}

function fieldKey(field) {
  const form = field.form;
  const whose = form ? form.getAttribute("action") + "|" + [...form.querySelectorAll("input[type=hidden]:not([name=csrf_token])")].map((i) => i.value).join("|") : "";
  return whose + "|" + field.name + (ticked(field) ? "|" + field.value : "");
}

function keep(root) {
  const typed = new Map();
  for (const field of root.querySelectorAll(FIELDS)) {
    if (current(field) !== given(field)) typed.set(fieldKey(field), current(field));
  }
  const active = document.activeElement;
  const inside = active && active !== root && root.contains(active);
  const focus = inside ? { id: active.id, node: active, start: active.selectionStart, end: active.selectionEnd } : null;
  return { typed, focus };
}

function restore(root, kept) {
  for (const field of root.querySelectorAll(FIELDS)) {
    const was = kept.typed.get(fieldKey(field));
    set(field, was === undefined ? given(field) : was); // an element may have become another form's
  }
  if (!kept.focus || document.activeElement === kept.focus.node) return;
  const again = kept.focus.id && document.getElementById(kept.focus.id);
  (again || root).focus({ preventScroll: true }); // what had the focus is gone: the reader goes on where it was
  if (again && typeof kept.focus.start === "number") again.setSelectionRange(kept.focus.start, kept.focus.end);
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

function become(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !(name === "open" && old.id)) old.removeAttribute(name);
  }
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
  children(page.main, fresh);
  restore(page.main, kept);
  document.dispatchEvent(new CustomEvent("page:swapped"));
};

document.addEventListener("pointerdown", () => { pointerDown = true; }, true);
for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => setTimeout(() => {
    pointerDown = false;
    if (waiting !== null) { const html = waiting; waiting = null; page.swap(html); }
  }, 0), true);
}

// --- the stream -----------------------------------------------------------------------------------------------------

const FIRST_WAIT = 500, LONGEST_WAIT = 5000, SILENCE = 13000;
let source = null, wait = FIRST_WAIT, retry = 0, watch = 0;

function alive() {
  page.bar.hidden = true;
  wait = FIRST_WAIT;
  clearTimeout(watch);
  watch = setTimeout(lost, SILENCE);
}

function heard(event) {
  alive();
  page.sync(JSON.parse(event.data).now);
}

function lost() {
  source?.close();
  source = null;
  page.bar.hidden = false;
  clearTimeout(watch);
  clearTimeout(retry);
  retry = setTimeout(connect, wait * (0.75 + Math.random() / 2));
  wait = Math.min(wait * 2, LONGEST_WAIT);
  if (wait >= 4 * FIRST_WAIT) fetchTruth();
}

// Where no stream is to be had (signed out, too many screens), the page itself says so or is at least fresh.
async function fetchTruth() {
  try {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    if (answer.redirected && new URL(answer.url).pathname !== location.pathname) { location.href = answer.url; return; }
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
    if (fresh) page.swap(fresh.innerHTML);
  } catch { /* no connection: the bar says so */ }
}

function connect() {
  clearTimeout(retry);
  source?.close();
  source = new EventSource(page.main.dataset.live);
  source.addEventListener("main", (event) => { heard(event); page.swap(JSON.parse(event.data).html); document.dispatchEvent(new Event("page:connected")); });
  source.addEventListener("alive", (event) => { heard(event); document.dispatchEvent(new Event("page:connected")); });
  source.addEventListener("over", lost);
  source.onerror = lost;
  clearTimeout(watch);
  watch = setTimeout(lost, SILENCE);
}

// A page of trouble tries its own address again until it is answered.
function tryAgain(pause) {
  setTimeout(async () => {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.status < 500) { location.reload(); return; }
    } catch { /* still nothing */ }
    tryAgain(Math.min(pause * 1.5, LONGEST_WAIT));
  }, pause);
}

if (page.main?.dataset.live) {
  connect();
  addEventListener("offline", lost);
  addEventListener("online", () => { wait = FIRST_WAIT; connect(); });
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
} else if (page.main?.hasAttribute("data-retry")) {
  tryAgain(1500);
}

// --- forms ----------------------------------------------------------------------------------------------------------

page.post = async function (address, fields, signal) {
  const answer = await fetch(address, {
    method: "POST", body: new URLSearchParams(fields), cache: "no-store", signal,
    headers: { "X-Requested-With": "page", "X-CSRFToken": page.csrf },
  });
  return { ...(await answer.json()), status: answer.status };
};

page.told = function (answer) {
  page.sync(answer.now);
  if (answer.html) page.swap(answer.html);
  page.say(answer.ok ? "done" : "refused", answer.notice || "");
};

const underway = new Set(); // what was sent and is not answered: a second press of the same is not a second wish

async function send(form, address, fields, button) {
  const body = String(new URLSearchParams(fields.filter(([name]) => name !== "csrf_token")));
  if (underway.has(address + body)) return;
  underway.add(address + body);
  button?.setAttribute("aria-disabled", "true"); // `disabled` would take the focus away
  try {
    const answer = await page.post(address, new URLSearchParams(body));
    if (answer.ok) finish(form);
    page.told(answer);
  } catch {
    page.say("refused", page.text.failed);
  }
  underway.delete(address + body);
  button?.removeAttribute("aria-disabled");
}

// What was sent is not typed any more; what folded out for it folds in again.
function finish(form) {
  if (!form.isConnected) return;
  const fold = form.closest("details[id]"), had = fold?.contains(document.activeElement);
  form.reset();
  if (!fold || fold.hasAttribute("data-stay")) return;
  fold.open = false;
  if (had) fold.querySelector("summary").focus({ preventScroll: true });
}

function confirmed(question) {
  const dialog = document.getElementById("confirm");
  dialog.querySelector("p").textContent = question;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method === "dialog" || form.hasAttribute("data-vote")) return;
  const question = form.dataset.confirm;
  if (!question && !form.hasAttribute("data-page")) return;
  event.preventDefault();
  // News may replace the form while the question stands: what was asked is what is sent.
  const button = event.submitter, fields = [...new FormData(form, button)], address = form.action;
  const stays = form.hasAttribute("data-page");
  if (question && !(await confirmed(question))) return;
  if (stays) send(form, address, fields, button);
  else leave(address, fields);
});

function leave(address, fields) {
  const form = Object.assign(document.createElement("form"), { method: "post", action: address, hidden: true });
  form.append(...fields.map(([name, value]) => Object.assign(document.createElement("input"), { type: "hidden", name, value })));
  document.body.append(form);
  form.submit();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

if (page.main) page.main.tabIndex = -1; // where the reader is sent when what had the focus is gone
localise(document);
tick(document);
if (page.box.classList.contains("done")) page.say("done", page.box.textContent);
