// Words of an event that the program missed, chosen by selecting them in the text: they and their place go into the form, or into the
// link that leads to it. Without this file they are copied and pasted. And Escape takes away what a mark tells, until another one is pointed
// at. What comes from a text is never run: nothing here makes markup of words.

const text = document.querySelector(".text.body"), form = document.getElementById("missed"), link = document.getElementById("mark"), told = document.getElementById("chosen");
const MOST = 200; // characters, as the server takes them

// the text as it stands: the tips of its marks are none of it
function plain(range) {
  const held = range.cloneContents();
  for (const tip of held.querySelectorAll(".tip")) tip.remove();
  return held.textContent;
}

function before(end) {
  const range = document.createRange();
  range.setStart(text, 0);
  range.setEnd(end.startContainer, end.startOffset);
  return plain(range);
}

// which of the places where these words stand begins here; white space counts as the server counts it
function nth(words, start) {
  const whole = document.createRange();
  whole.selectNodeContents(text);
  const pattern = new RegExp(words.split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+"), "gu");
  return [...plain(whole).matchAll(pattern)].findIndex((found) => found.index === start) + 1;
}

document.addEventListener("keydown", (event) => event.key === "Escape" && text.classList.add("quiet"));
for (const away of ["pointerout", "focusout"]) text.addEventListener(away, () => text.classList.remove("quiet"));

if (form || link) document.addEventListener("selectionchange", () => {
  const selection = getSelection();
  const range = selection.rangeCount ? selection.getRangeAt(0) : null;
  if (!range || range.collapsed || !text.contains(range.commonAncestorContainer)) return;
  const selected = plain(range), words = selected.trim();
  if (!words) return;
  const place = nth(words, before(range).length + selected.length - selected.trimStart().length);
  if (words.length > MOST || !place) {
    told.textContent = words.length > MOST ? `At most ${MOST} characters can be marked.` : "";
    return;
  }
  if (form) [form.elements.words.value, form.elements.nth.value] = [words, place];
  if (link) {
    const to = new URL(link.href);
    to.searchParams.set("words", words);
    to.searchParams.set("nth", place);
    link.href = to.href;
  }
  told.textContent = `Chosen: “${words}”${place > 1 ? `, place ${place}` : ""}`;
});

// a mark is a link, within which a browser begins no selection: while the mouse is held down it is none
if (link) text.addEventListener("pointerdown", (event) => {
  const mark = event.target.closest("a.mark"), to = mark?.getAttribute("href");
  if (!to || event.pointerType !== "mouse") return;
  mark.removeAttribute("href");
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => mark.setAttribute("href", to), { once: true });
});
if (link) text.addEventListener("click", (event) => getSelection().isCollapsed || event.preventDefault());

for (const how of document.querySelectorAll(".selecting")) how.hidden = false;
