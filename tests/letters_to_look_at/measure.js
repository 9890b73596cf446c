// What a browser can tell of a letter by itself: how high it is, and which faults a reader would see or feel.
// Written into the page as JSON in <script id="found">, one entry for each frame.
"use strict";

const FINGER = 44;      // CSS pixels that a fingertip needs (WCAG 2.5.5)
const CONTRAST = 4.5;   // between text and ground (WCAG 1.4.3, AA)
const SMALLEST = 12;    // CSS pixels of the smallest text
const TIGHT = 90;       // CSS pixels that a column of text is wide at least, where it has anything to say

function luminance([red, green, blue]) {
  const part = (value) => (value <= 10 ? value / 3294 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue);
}

function colour(text) {
  const found = text.match(/[\d.]+/g).map(Number);
  return found.length > 3 && found[3] === 0 ? null : found.slice(0, 3);
}

function ground(element, view) {
  for (let at = element; at; at = at.parentElement) {
    const found = colour(view.getComputedStyle(at).backgroundColor);
    if (found) return found;
  }
  return [255, 255, 255];
}

function ratio(one, other) {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function* texts(document) {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const words = walker.currentNode.data.trim();
    if (words && !element.closest(".preview, style, script")) yield [element, words, walker.currentNode];
  }
}

function faultsOf(frame) {
  const document = frame.contentDocument, view = frame.contentWindow, wide = frame.clientWidth;
  const faults = new Set();
  const say = (what, words) => faults.add(`${what}: ${words.slice(0, 60)}`);
  if (document.documentElement.scrollWidth > wide)
    faults.add(`the page is ${document.documentElement.scrollWidth} px wide, the screen ${wide}`);
  const card = document.querySelector(".card").getBoundingClientRect();
  for (const [element, words, node] of texts(document)) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const rects = [...range.getClientRects()];
    if (rects.some((rect) => rect.right > wide + 0.5 || rect.left < -0.5)) say("beyond the screen", words);
    if (element.closest(".card") && rects.some((rect) => rect.right > card.right - 8)) say("beyond the card", words);
    const style = view.getComputedStyle(element);
    if (parseFloat(style.fontSize) < SMALLEST) say(`text of ${style.fontSize}`, words);
    const found = ratio(colour(style.color), ground(element, view));
    if (found < CONTRAST) say(`contrast ${found.toFixed(1)}`, words);
  }
  for (const cell of document.querySelectorAll(".facts th, .facts td, .rows th, .rows td")) {
    const words = cell.textContent.trim(), rect = cell.getBoundingClientRect();
    const style = view.getComputedStyle(cell);
    const inside = rect.width - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    if (!words && cell.closest(".facts")) say("an empty fact beside", cell.parentElement.textContent);
    if (words.length > 24 && inside < TIGHT) say(`a column of ${Math.round(inside)} px`, words);
  }
  for (const link of document.querySelectorAll("a")) {
    const rects = [...link.getClientRects()];
    const high = Math.max(...rects.map((rect) => rect.height)), across = Math.max(...rects.map((rect) => rect.width));
    if (!/^(tel:\+?\d+|https:\/\/|mailto:)/.test(link.getAttribute("href") || "")) say("leads nowhere", link.textContent);
    if (high < FINGER || across < FINGER) say(`a link of ${Math.round(across)} × ${Math.round(high)} px`, link.textContent);
  }
  for (const link of document.querySelectorAll("a")) {
    const rect = link.getClientRects()[0];
    const hit = document.elementFromPoint((rect.left + rect.right) / 2, (rect.top + rect.bottom) / 2);
    if (!link.contains(hit)) say("something lies over the link", link.textContent);
  }
  return [...faults];
}

addEventListener("load", () => {
  const found = [...document.querySelectorAll("iframe")].map((frame) => {
    frame.height = frame.contentDocument.documentElement.scrollHeight;
    return { height: frame.contentDocument.documentElement.scrollHeight, faults: faultsOf(frame) };
  });
  const holder = document.createElement("script");
  holder.id = "found";
  holder.type = "application/json";
  holder.textContent = JSON.stringify(found).replaceAll("<", "\\u003c");
  document.body.replaceChildren(holder);
});
