// The page and its box: notices, clocks, news, forms. Nothing here decides anything: after every doubt the truth is fetched.
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

const MOMENT = { hour: "2-digit", minute: "2-digit", day: "2-digit", month: "2-digit", year: "numeric" };

// Times as the reader's own clock has them: the box's zone may be another.
function localise(root) {
  for (const time of root.querySelectorAll("time[data-clock], time[data-moment]")) {
    const at = new Date(time.dateTime);
    if (isNaN(at)) continue;
    time.textContent = "moment" in time.dataset ? at.toLocaleString("vi-VN", MOMENT) : at.toLocaleTimeString("vi-VN", { hour12: false });
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

// --- the stream -----------------------------------------------------------------------------------------------------

const FIRST_WAIT = 500, LONGEST_WAIT = 5000, SILENCE = 13000;
let source = null, wait = FIRST_WAIT, retry = 0, watch = 0;
let stands = 0; // the journal's entry up to which <main> tells
let words = 0; // how often the stream has spoken
let borrowed = false; // <main> is an answer's, not the stream's

// An answer that was written before the stream's last word must not take that word's place: the stream says it once.
page.bring = function ({ html, seq, asked }) {
  if (!html || seq < stands || (seq === stands && asked < words)) return;
  stands = seq;
  borrowed = true;
  page.swap(html);
};

function alive() {
  page.bar.hidden = true;
  wait = FIRST_WAIT;
  clearTimeout(watch);
  watch = setTimeout(lost, SILENCE);
}

function heard(event) {
  const { now, html, seq } = JSON.parse(event.data);
  alive();
  page.sync(now);
  if (html && seq >= stands) {
    stands = seq;
    words += 1;
    borrowed = false;
    page.swap(html);
  } else if (!html && borrowed && seq > stands) { // what the stream told last stands again, and it does not say so
    connect();
    return;
  }
  document.dispatchEvent(new Event("page:connected"));
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
    if (answer.redirected && new URL(answer.url).pathname !== location.pathname) { sendAway(answer.url); return; }
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
    if (fresh && !page.bar.hidden) page.swap(fresh.innerHTML); // else the stream has spoken meanwhile
  } catch { /* no connection: the bar says so */ }
}

// Once: whoever stays, because something is written here, is not asked again every few seconds.
let sentAway = false;

function sendAway(address) {
  if (!sentAway) location.href = address;
  sentAway = true;
}

function connect() {
  clearTimeout(retry);
  source?.close();
  source = new EventSource(page.main.dataset.live);
  stands = 0; // its first word is the whole truth, be the journal another
  for (const name of ["main", "alive"]) source.addEventListener(name, heard);
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
  addEventListener("DOMContentLoaded", connect); // when all that hears the stream is there
  addEventListener("offline", lost);
  addEventListener("online", () => { wait = FIRST_WAIT; connect(); });
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) connect(); });
} else if (page.main?.hasAttribute("data-retry")) {
  tryAgain(1500);
}

// --- forms ----------------------------------------------------------------------------------------------------------

const PATIENCE = 15000; // milliseconds after which somebody who waits is told that no answer came

page.freshId = function () { // crypto.randomUUID exists only under HTTPS
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
};

page.post = async function (address, fields, signal = AbortSignal.timeout(PATIENCE)) {
  const asked = words;
  const answer = await fetch(address, {
    method: "POST", body: new URLSearchParams(fields), cache: "no-store", signal,
    headers: { "X-Requested-With": "page", "X-CSRFToken": page.csrf },
  });
  return { ...(await answer.json()), status: answer.status, asked };
};

page.told = function (answer) {
  page.sync(answer.now);
  page.bring(answer);
  page.say(answer.ok ? "done" : "refused", answer.notice || "");
};

const underway = new Set(); // what was sent and is not answered: a second press of the same is not a second wish

// Form → what it sent last and was not answered, and under which id: sent again it is the same wish and is done once.
// Anything else between makes it a new one, and so does a page that took the form back and offers it anew.
const attempts = new WeakMap();

function idOf(form, body) {
  if (attempts.get(form)?.body !== body) attempts.set(form, { body, id: page.freshId() });
  return attempts.get(form).id;
}

const bodyOf = (fields) => String(new URLSearchParams([...fields].filter(([name]) => name !== "csrf_token")));

async function send(form, address, fields, button) {
  const body = bodyOf(fields), typed = bodyOf(new FormData(form));
  if (underway.has(address + body)) { page.say("pending", page.text.sending); return; }
  underway.add(address + body);
  button?.setAttribute("aria-disabled", "true"); // `disabled` would take the focus away
  const fold = form.closest("details[id]")?.id;
  const id = idOf(form, body);
  try {
    const answer = await page.post(address, [...new URLSearchParams(body), ["id", id]]);
    if (answer.status < 500 && attempts.get(form)?.id === id) attempts.delete(form);
    if (answer.ok) finish(form, document.getElementById(fold), bodyOf(new FormData(form)) === typed);
    page.told(answer);
  } catch {
    page.say("refused", page.text.failed);
  }
  underway.delete(address + body);
  button?.removeAttribute("aria-disabled");
}

// What was sent is not typed any more; what folded out for it folds in again, be it the page's newer one. What was typed
// since stays, and so does its fold.
function finish(form, fold, untouched) {
  const had = fold?.contains(document.activeElement);
  if (untouched) form.reset();
  if (!fold || fold.hasAttribute("data-stay") || page.typedIn(fold)) return;
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
  else leave(form, address, fields);
});

function leave(asked, address, fields) {
  page.isSent(asked);
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
