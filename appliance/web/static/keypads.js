// Keypads on the screen: a pointer that goes down pulls the line, one that goes up lets it go; lamps are read back.
"use strict";

const PERIOD = 120;
const board = () => document.querySelector("[data-pins]");
const down = new Map(); // pointer → line
const chain = new Map(); // line → the last request: down and up of one key must arrive in order
let levels = {};

function light() {
  for (const key of document.querySelectorAll(".key[data-lamp]")) {
    key.classList.toggle("lit", Boolean(levels[key.dataset.lamp]));
    key.classList.toggle("down", levels[key.dataset.line] === false);
  }
}

function drive(line, pressed) {
  const before = chain.get(line) || Promise.resolve();
  const next = before.then(() => page.post(board().dataset.press, { line, down: pressed ? 1 : 0 }))
    .then((answer) => { if (answer.ok === false) page.say("refused", answer.notice); })
    .catch(() => page.say("refused", page.text.failed));
  chain.set(line, next);
}

document.addEventListener("pointerdown", (event) => {
  const key = event.target.closest?.(".key[data-line]");
  if (!key) return;
  down.set(event.pointerId, key.dataset.line);
  drive(key.dataset.line, true);
});

for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, (event) => {
    const line = down.get(event.pointerId);
    if (line === undefined) return;
    down.delete(event.pointerId);
    drive(line, false);
  });
}

// The same from a keyboard: space or enter goes down and up on the key that has the focus.
const KEYBOARD = "keyboard";

document.addEventListener("keydown", (event) => {
  const key = event.target.closest?.(".key[data-line]");
  if (!key || ![" ", "Enter"].includes(event.key)) return;
  event.preventDefault();
  if (event.repeat || down.has(KEYBOARD)) return;
  down.set(KEYBOARD, key.dataset.line);
  drive(key.dataset.line, true);
});

document.addEventListener("keyup", (event) => {
  const line = down.get(KEYBOARD);
  if (line === undefined || ![" ", "Enter"].includes(event.key)) return;
  down.delete(KEYBOARD);
  drive(line, false);
});

async function look() {
  try {
    const answer = await fetch(board().dataset.pins, { cache: "no-store", headers: { "X-Requested-With": "page" } });
    if (answer.ok) { levels = await answer.json(); light(); }
  } catch { /* the bar says that the connection is lost */ }
  setTimeout(look, PERIOD);
}

document.addEventListener("page:swapped", light);
look();
