// A task is checked while it is typed; what is wrong stands beside its field. The server decides what is wrong.
"use strict";

const PAUSE = 350; // milliseconds without a key before it is looked at
const touched = new Set();
let waitingCheck = 0, asked = 0;

const taskForm = () => document.getElementById("task-form");

function tell(kind, said, all) {
  for (const line of document.querySelectorAll(`[data-${kind}]`)) {
    const name = line.dataset[kind], text = all || touched.has(name) ? (said[name] || []).join(" ") : "";
    if (line.textContent !== text) line.textContent = text;
    if (kind !== "fault") continue;
    line.closest(".field").classList.toggle("wrong", Boolean(text));
    const field = document.getElementById("task-" + name);
    if (text) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
}

let last = { faults: {}, warnings: {} };

async function check(all) {
  const form = taskForm();
  if (!form) return false;
  const mine = ++asked;
  const fields = [...new FormData(form)].filter(([name]) => name !== "csrf_token");
  const answer = await page.post(form.dataset.check, fields).catch(() => null);
  if (!answer?.faults || mine !== asked) return true; // silence decides nothing: the submit is checked again
  last = answer;
  tell("fault", answer.faults, all);
  tell("warning", answer.warnings, all);
  return Object.keys(answer.faults).length === 0;
}

function later(event) {
  const field = event.target.closest?.("#task-form [name]");
  if (!field) return;
  touched.add(field.name);
  clearTimeout(waitingCheck);
  waitingCheck = setTimeout(check, PAUSE, false);
}

document.addEventListener("input", later);
document.addEventListener("change", later);

// Everything is told at the attempt to send, and the first field that is wrong gets the focus.
document.addEventListener("submit", async (event) => {
  if (event.target.id !== "task-form" || event.target.dataset.checked) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  clearTimeout(waitingCheck);
  const form = event.target;
  for (const field of form.elements) if (field.name) touched.add(field.name);
  if (await check(true)) {
    form.dataset.checked = "yes";
    form.requestSubmit(event.submitter);
    delete form.dataset.checked;
    return;
  }
  form.querySelector("[aria-invalid]")?.focus();
}, true);

document.addEventListener("page:swapped", () => { tell("fault", last.faults, false); tell("warning", last.warnings, false); });
document.addEventListener("reset", (event) => {
  if (event.target.id !== "task-form") return;
  touched.clear();
  last = { faults: {}, warnings: {} };
  tell("fault", {}, false);
  tell("warning", {}, false);
});
