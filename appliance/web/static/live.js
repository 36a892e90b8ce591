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

// --- swapping <main> without disturbing whoever is typing or pressing -----------------------------------------------

let pointerDown = false;
let waiting = null;

function fieldKey(field) {
  const form = field.form;
  const whose = form ? form.getAttribute("action") + "|" + [...form.querySelectorAll("input[type=hidden]:not([name=csrf_token])")].map((i) => i.value).join("|") : "";
  return whose + "|" + field.name;
}

function keep(root) {
  const typed = new Map();
  for (const field of root.querySelectorAll("input:not([type=hidden]), textarea, select")) {
    if (field.value !== field.defaultValue) typed.set(fieldKey(field), field.value);
  }
  const open = [...root.querySelectorAll("details[open][id]")].map((d) => d.id);
  const active = document.activeElement;
  const focus = active && root.contains(active) && active.id
    ? { id: active.id, start: active.selectionStart, end: active.selectionEnd } : null;
  return { typed, open, focus };
}

function restore(root, kept) {
  for (const field of root.querySelectorAll("input:not([type=hidden]), textarea, select")) {
    if (kept.typed.has(fieldKey(field))) field.value = kept.typed.get(fieldKey(field));
  }
  for (const id of kept.open) document.getElementById(id)?.setAttribute("open", "");
  if (!kept.focus) return;
  const again = document.getElementById(kept.focus.id);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (typeof kept.focus.start === "number") again.setSelectionRange(kept.focus.start, kept.focus.end);
}

page.swap = function (html) {
  if (pointerDown) { waiting = html; return; } // a press must find its button where it was
  const kept = keep(page.main);
  page.main.innerHTML = html;
  restore(page.main, kept);
  localise(page.main);
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
  source.addEventListener("main", (event) => { alive(); page.swap(JSON.parse(event.data).html); document.dispatchEvent(new Event("page:connected")); });
  source.addEventListener("alive", () => { alive(); document.dispatchEvent(new Event("page:connected")); });
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
  if (answer.html) page.swap(answer.html);
  page.say(answer.ok ? "done" : "refused", answer.notice || "");
};

async function send(address, fields, button) {
  button?.setAttribute("disabled", "");
  try {
    page.told(await page.post(address, fields.filter(([name]) => name !== "csrf_token")));
  } catch {
    page.say("refused", page.text.failed);
  }
  button?.removeAttribute("disabled");
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
  if (stays) send(address, fields, button);
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

localise(document);
if (page.box.classList.contains("done")) page.say("done", page.box.textContent);
