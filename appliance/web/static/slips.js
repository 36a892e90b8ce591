// Deadlines are typed in the reader's own time; the box may keep another. Nothing here decides anything.
"use strict";

function offset(at) {
  const minutes = -at.getTimezoneOffset(), size = Math.abs(minutes);
  const two = (n) => String(n).padStart(2, "0");
  return "UTC" + (minutes < 0 ? "-" : "+") + two(Math.floor(size / 60)) + ":" + two(size % 60);
}

// The moment that was meant goes along with what was typed.
document.addEventListener("formdata", (event) => {
  for (const field of event.target.querySelectorAll("input[type=datetime-local][name]")) {
    const at = new Date(field.value);
    event.formData.set(field.name + "_at", isNaN(at) ? "" : at.toISOString());
  }
});

for (const zone of document.querySelectorAll("[data-zone]")) zone.textContent = offset(new Date());
