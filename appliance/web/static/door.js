// The door's screen: the greeting, and check-in by PIN. The PIN stays in this script until it is sent, then nowhere.
"use strict";

const hint = document.getElementById("hint");
const panel = document.getElementById("pin");
const title = document.getElementById("pin-title");
const list = document.getElementById("pin-list");
const digits = document.getElementById("pin-digits");
const dots = document.getElementById("pin-dots");
const complaint = document.getElementById("pin-error");
const IDLE = 30000, GREETING = 4000;
let chosen = "", pin = "", idle = 0, held = 0;

function greet(scene) {
  hint.dataset.code = scene.code;
  hint.querySelector("h1").textContent = scene.large;
  hint.querySelector("p").textContent = scene.small;
}

document.addEventListener("door:scene", (event) => {
  if (performance.now() > held) greet(event.detail);
});

function stir() {
  clearTimeout(idle);
  idle = setTimeout(shut, IDLE);
}

function shut() {
  clearTimeout(idle);
  panel.hidden = true;
  chosen = pin = "";
  list.replaceChildren();
}

function open() {
  panel.hidden = false;
  title.textContent = title.dataset.choose;
  list.replaceChildren(document.getElementById("delegates").content.cloneNode(true));
  list.hidden = false;
  digits.hidden = true;
  stir();
}

function choose(button) {
  chosen = button.value;
  document.getElementById("pin-who").textContent = [...button.children].map((part) => part.textContent).join(" · ");
  title.textContent = title.dataset.enter;
  list.hidden = true;
  digits.hidden = false;
  write("");
  complain("");
}

function write(text) {
  pin = text.slice(0, 12);
  dots.textContent = "●".repeat(pin.length) || "–";
}

function complain(text) {
  complaint.textContent = text;
  complaint.hidden = !text;
}

async function enter() {
  if (!pin) return;
  const sent = pin;
  write("");
  try {
    const answer = await page.post(panel.dataset.url, { delegate: chosen, pin: sent });
    if (!answer.ok) { complain(answer.notice); return; }
    held = performance.now() + GREETING;
    greet(answer);
    shut();
  } catch {
    complain(page.text.failed);
  }
}

panel.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  stir();
  if (button.id === "pin-cancel") shut();
  else if (button.dataset.digit) { complain(""); write(pin + button.dataset.digit); }
  else if ("back" in button.dataset) write(pin.slice(0, -1));
  else if ("enter" in button.dataset) enter();
  else if (button.value) choose(button);
});

document.addEventListener("keydown", (event) => {
  if (panel.hidden || digits.hidden) return;
  stir();
  if (/^[0-9]$/.test(event.key)) write(pin + event.key);
  else if (event.key === "Backspace") write(pin.slice(0, -1));
  else if (event.key === "Enter" && event.target.tagName !== "BUTTON") enter();
});

document.addEventListener("click", (event) => { if (event.target.closest("#pin-open")) open(); });
