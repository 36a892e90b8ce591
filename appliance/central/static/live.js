// Renews the page by itself, and shows times in the reader's own zone. Without JavaScript the page stands as it came.
"use strict";

const EVERY_MS = 3000;

function localTimes(root) {
  const form = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "short", timeStyle: "medium" });
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (!Number.isNaN(moment.getTime())) element.textContent = form.format(moment);
  }
}

async function renew() {
  const stale = document.getElementById("stale");
  try {
    const answer = await fetch(location.pathname, { signal: AbortSignal.timeout(10000) });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    localTimes(fresh);
    const standing = document.getElementById("live");
    if (fresh.innerHTML !== standing.innerHTML) standing.replaceWith(fresh);
    stale.hidden = true;
  } catch {
    stale.hidden = false;
  }
  setTimeout(renew, EVERY_MS);
}

localTimes(document);
setTimeout(renew, EVERY_MS);
