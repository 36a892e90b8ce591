// Deadlines are read and typed in the reader's own time; the box may keep another. Nothing here decides anything.
"use strict";

function offset(at) {
  const minutes = -at.getTimezoneOffset(), size = Math.abs(minutes);
  const two = (n) => String(n).padStart(2, "0");
  return "UTC" + (minutes < 0 ? "-" : "+") + two(Math.floor(size / 60)) + ":" + two(size % 60);
}

function tellTimes() {
  for (const time of document.querySelectorAll("time[data-moment]")) {
    const at = new Date(time.dateTime);
    if (!isNaN(at)) time.textContent = at.toLocaleString("vi-VN", { hour: "2-digit", minute: "2-digit", day: "2-digit", month: "2-digit", year: "numeric" });
  }
  for (const zone of document.querySelectorAll("[data-zone]")) zone.textContent = offset(new Date());
}

// Before the page's own handler reads the form: the moment that was meant goes along with what was typed.
document.addEventListener("submit", (event) => {
  for (const field of event.target.querySelectorAll("input[type=datetime-local]")) {
    const instant = event.target.elements[field.name + "_at"], at = new Date(field.value);
    if (instant) instant.value = isNaN(at) ? "" : at.toISOString();
  }
}, true);

document.addEventListener("page:swapped", tellTimes);
tellTimes();
