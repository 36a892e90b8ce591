// The secretary's desk: one press is one step. A second press that was meant for the step before does nothing, nor does a
// key that is held down.
"use strict";

const SETTLING = 700; // milliseconds in which a changed step does not listen
const stepOf = () => document.getElementById("next-step")?.dataset.step;
let step = stepOf(), settled = 0, held = false;

document.addEventListener("page:swapped", () => {
  if (stepOf() === step) return;
  step = stepOf();
  document.body.classList.add("settling");
  clearTimeout(settled);
  settled = setTimeout(() => document.body.classList.remove("settling"), SETTLING);
});

// Whatever is jumped to stands below the bar of the next step, which is as high as what it says (desk.css).
const barOfStep = new ResizeObserver(([step]) => document.documentElement.style.setProperty("--bar", `${step.target.offsetHeight}px`));

function measure() {
  barOfStep.disconnect();
  const step = document.getElementById("next-step");
  if (step) barOfStep.observe(step);
}

document.addEventListener("page:swapped", measure);
measure();

document.addEventListener("keydown", (event) => { held = event.repeat; }, true);
for (const name of ["keyup", "pointerdown", "blur"]) addEventListener(name, () => { held = false; }, true);

function deaf(form) {
  if (form.closest("#next-step")) return held || document.body.classList.contains("settling");
  return held && form.closest("#confirm") !== null; // the question that the held key has just called up
}

document.addEventListener("submit", (event) => {
  if (!deaf(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
