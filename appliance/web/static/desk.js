// The secretary's desk: one press is one step. A second press that was meant for the step before does nothing.
"use strict";

const SETTLING = 700; // milliseconds in which a changed step does not listen
const stepOf = () => document.getElementById("next-step")?.dataset.step;
let step = stepOf(), changed = -SETTLING;

document.addEventListener("page:swapped", () => {
  if (stepOf() === step) return;
  step = stepOf();
  changed = performance.now();
});

document.addEventListener("submit", (event) => {
  if (!event.target.closest("#next-step") || performance.now() - changed >= SETTLING) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
