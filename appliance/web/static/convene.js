// What was typed into the form of a meeting is not lost by a wrong click. Everything else the form does by itself.
"use strict";

const made = document.getElementById("make");
let typed = Boolean(document.getElementById("faults")), sent = false;

made.addEventListener("input", () => { typed = true; });
made.addEventListener("submit", (event) => {
  sent = !event.submitter?.value.startsWith("keep-"); // a file that is kept leaves the page where it is
  if (!sent) typed = false;
});
addEventListener("beforeunload", (event) => {
  if (typed && !sent) event.preventDefault();
});
addEventListener("pageshow", () => { sent = false; });
