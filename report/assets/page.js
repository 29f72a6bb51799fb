"use strict";
// Selects a part: opens its details and highlights its connections. Without this script every link still leads
// to the details of its part.
(() => {
  const diagram = document.querySelector("svg.diagram");
  const details = new Map([...document.querySelectorAll("details.part")].map((one) => [one.dataset.part, one]));

  function highlight(part) {
    diagram.classList.toggle("selected", Boolean(part));
    const ends = new Set([part]);
    for (const line of diagram.querySelectorAll(".line")) {
      const { source, target } = line.dataset;
      const on = source === part || target === part;
      line.classList.toggle("on", on);
      if (on) ends.add(source).add(target);
    }
    for (const box of diagram.querySelectorAll(".part")) {
      box.classList.toggle("on", ends.has(box.dataset.part));
      if (box.dataset.part === part) box.setAttribute("aria-current", "true");
      else box.removeAttribute("aria-current");
    }
  }

  function select(part) {
    const one = details.get(part);
    if (!one) return false;
    one.open = true;
    highlight(part);
    const summary = one.querySelector("summary");
    summary.focus({ preventScroll: true });
    one.scrollIntoView({ block: "nearest" });
    return true;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-part]");
    if (link && select(link.dataset.part)) {
      event.preventDefault();
      history.replaceState(null, "", link.getAttribute("href"));
    }
  });
  for (const [part, one] of details) {
    one.addEventListener("toggle", () => {
      if (one.open) highlight(part);
      else if (![...details.values()].some((other) => other.open)) highlight("");
    });
  }
  for (const box of diagram.querySelectorAll("a.part")) {
    for (const [entered, left] of [["mouseenter", "mouseleave"], ["focus", "blur"]]) {
      box.addEventListener(entered, () => highlight(box.dataset.part));
      box.addEventListener(left, () => highlight([...details.values()].find((one) => one.open)?.dataset.part ?? ""));
    }
  }

  function follow() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.matches("details.part")) select(target.dataset.part);
    else if (target?.matches("details")) target.open = true;
  }
  addEventListener("hashchange", follow);
  follow();

  // Where the picture is wider than the screen, begin with the private subnets.
  const scroll = diagram.closest(".scroll");
  const zone = diagram.querySelector(".zone.private rect");
  if (zone && scroll.scrollWidth > 1.25 * scroll.clientWidth) {
    const left = zone.getBoundingClientRect().left - scroll.getBoundingClientRect().left;
    scroll.scrollLeft = left - scroll.clientWidth / 4;
  }

  // On paper nothing can be opened: what has findings or alarms is printed open.
  const closed = [];
  addEventListener("beforeprint", () => {
    for (const one of document.querySelectorAll("details.rule, details.group, section table details")) {
      if (!one.open) closed.push(one);
      one.open = true;
    }
  });
  addEventListener("afterprint", () => {
    for (const one of closed.splice(0)) one.open = false;
  });
})();
