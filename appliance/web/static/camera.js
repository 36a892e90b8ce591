// The door's camera, mirrored as people expect of a mirror, with the faces framed. Asks for a frame about five times a second.
"use strict";

const mirror = document.querySelector("[data-frames]");
const canvas = mirror.querySelector("canvas");
const stage = mirror.querySelector(".stage");
const boxes = mirror.querySelector(".boxes");
const absent = mirror.querySelector(".no-picture");
const PERIOD = 200;

function frameFaces(faces, named) {
  boxes.replaceChildren(...faces.map((face) => {
    const frame = document.createElement("div");
    frame.className = "face " + face.state;
    const [x, y, w, h] = face.box;
    frame.style.left = `${(1 - x - w) * 100}%`; // mirrored
    frame.style.top = `${y * 100}%`;
    frame.style.width = `${w * 100}%`;
    frame.style.height = `${h * 100}%`;
    if (named && face.name) {
      const tag = document.createElement("span");
      tag.textContent = face.seat ? `${face.name} · ${mirror.dataset.seat} ${face.seat}` : face.name;
      frame.append(tag);
    }
    return frame;
  }));
}

async function draw(blob) {
  const picture = await createImageBitmap(blob);
  canvas.width = picture.width;
  canvas.height = picture.height;
  mirror.style.setProperty("--ratio", picture.width / picture.height);
  const paper = canvas.getContext("2d");
  paper.setTransform(-1, 0, 0, 1, canvas.width, 0);
  paper.drawImage(picture, 0, 0);
  picture.close();
}

async function look() {
  const began = performance.now();
  try {
    const answer = await fetch(mirror.dataset.frames, { cache: "no-store", headers: { "X-Requested-With": "page" } });
    const scene = JSON.parse(answer.headers.get("X-Scene") || "null");
    const seen = answer.status === 200;
    if (seen) await draw(await answer.blob());
    absent.hidden = seen;
    stage.hidden = !seen;
    if (scene) {
      frameFaces(scene.faces, mirror.hasAttribute("data-named"));
      document.dispatchEvent(new CustomEvent("door:scene", { detail: scene }));
    }
  } catch {
    absent.hidden = false;
    stage.hidden = true;
  }
  setTimeout(look, Math.max(50, PERIOD - (performance.now() - began)));
}

look();
