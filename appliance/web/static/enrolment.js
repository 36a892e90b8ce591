// The arrow and the sentence over the picture, and where the keyboard is. The server renders the rest.
"use strict";

const picture = document.querySelector(".mirror");
const spoken = picture.querySelector(".told");
let shown = "";

function follow() {
  const guide = document.getElementById("guide");
  const state = guide ? (guide.dataset.complete ? "complete" : "running") : "";
  picture.dataset.side = guide?.dataset.side ?? "";
  picture.classList.toggle("wrong", Boolean(guide?.dataset.wrong));
  picture.classList.toggle("right", state === "running" && !guide.dataset.wrong);
  spoken.textContent = guide?.dataset.told ?? "";
  if (state === shown) return;
  shown = state;
  // The form that was sent is gone, and with it the focus: it goes to what comes next.
  if (state === "complete") document.getElementById("keep")?.focus();
  else if (state === "running") document.getElementById("whom")?.focus();
  else document.getElementById("delegate")?.focus({ preventScroll: true });
}

document.addEventListener("page:swapped", follow);
follow();
