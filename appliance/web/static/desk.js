// The secretary's desk: one press is one step. A second press that was meant for the step before does nothing.
"use strict";

const SETTLING = 700; // milliseconds in which a changed step does not listen
const stepOf = () => document.getElementById("next-step")?.dataset.step;
let step = stepOf(), settled = 0;

document.addEventListener("page:swapped", () => {
  if (stepOf() === step) return;
  step = stepOf();
  document.body.classList.add("settling");
  clearTimeout(settled);
  settled = setTimeout(() => document.body.classList.remove("settling"), SETTLING);
});

document.addEventListener("submit", (event) => {
  if (!event.target.closest("#next-step") || !document.body.classList.contains("settling")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
