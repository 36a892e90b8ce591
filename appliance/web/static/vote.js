// One vote at a time on its way. A tap keeps its id until it is answered, so that a repeated send is the same fact; a later
// tap waits for the one before, and replaces it only if that was never answered.
"use strict";

const KEY = "vote-on-its-way", MINE = `${KEY} ${page.text.person}`;
const ANSWER_TIME = 5000;
let sending = false, pause = 500, again = 0;

// A tablet passes from hand to hand: a vote that the one before did not get through is not the next one's.
for (const name of Object.keys(sessionStorage)) if (name.startsWith(KEY) && name !== MINE) sessionStorage.removeItem(name);

const stored = () => JSON.parse(sessionStorage.getItem(MINE) || "null");
const store = (tap) => (tap ? sessionStorage.setItem(MINE, JSON.stringify(tap)) : sessionStorage.removeItem(MINE));

function showPending() {
  const tap = stored();
  const line = document.getElementById("pending");
  for (const button of document.querySelectorAll(".choice")) { // in a secret ballot no key says that it was the one
    button.classList.toggle("sending", Boolean(tap) && button.value === tap.choice && !button.form.hasAttribute("data-secret"));
  }
  if (!line) return;
  line.hidden = !tap;
  if (tap) line.textContent = tap.failed ? page.text.notSent : page.text.sending;
}

async function deliver() {
  clearTimeout(again);
  if (sending || !stored()) return;
  sending = true;
  const tap = stored();
  try {
    const answer = await page.post(tap.address, { id: tap.id, ballot: tap.ballot, choice: tap.choice }, AbortSignal.timeout(ANSWER_TIME));
    // A box that could not even ask, or asks for patience, has not answered: the tap is still on its way.
    if (answer.status >= 500 || answer.status === 429) postpone(tap);
    else settle(tap, answer);
  } catch {
    postpone(tap);
  }
  sending = false;
  showPending();
  if (stored() && !stored().failed) deliver();
}

function settle(tap, answer) {
  if (stored()?.id === tap.id) store(null);
  pause = 500;
  if (stored()) return; // a later tap is on its way: its answer is the one to show
  page.bring(answer);
  page.say("refused", answer.ok ? "" : answer.notice); // what is recorded stands under the buttons
  if (answer.ok && document.querySelector("form[data-secret]")) coverUp();
}

// After a secret vote neither the focus nor an opened fold shows which key it was.
function coverUp() {
  document.getElementById("again")?.removeAttribute("open");
  document.getElementById("mine")?.focus({ preventScroll: true });
}

function postpone(tap) {
  if (stored()?.id === tap.id) store({ ...tap, failed: true });
  again = setTimeout(deliver, pause);
  pause = Math.min(pause * 2, 5000);
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-vote]");
  if (!form) return;
  event.preventDefault();
  const tap = { id: page.freshId(), ballot: form.dataset.vote, choice: event.submitter.value, address: form.action };
  const before = stored();
  if (before && before.ballot === tap.ballot && before.choice === tap.choice) tap.id = before.id; // the same tap, repeated
  store(tap);
  showPending();
  pause = 500;
  deliver();
});

// A long title or question scrolls in its place on a phone (base.css): by keyboard, too, and only where there is more.
function reach() {
  for (const text of document.querySelectorAll(".ballot.open > .item, .ballot.open > .question")) {
    if (text.scrollHeight > text.clientHeight + 1 && getComputedStyle(text).overflowY === "auto") text.tabIndex = 0;
    else text.removeAttribute("tabindex");
  }
}

document.addEventListener("page:swapped", reach);
addEventListener("resize", reach);
reach();

addEventListener("online", () => { pause = 500; deliver(); });
document.addEventListener("page:connected", () => deliver());
document.addEventListener("page:swapped", showPending);
showPending();
deliver();
