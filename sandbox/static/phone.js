// One phone of the page: it sends what is typed, and asks every moment what is new on its screen.
"use strict";

const LINK = /https?:\/\/[^\s]+[^\s.,;:!?)]/g;
const EVERY_MS = 800;

class Phone {
  constructor(section) {
    const find = (selector) => section.querySelector(selector);
    this.owner = find(".owner");
    this.free = find(".free");
    this.number = find(".number");
    this.about = find(".about");
    this.log = find(".log");
    this.empty = find(".empty");
    this.field = find(".text");
    this.owner.addEventListener("change", () => this.become());
    this.number.addEventListener("change", () => this.become());
    find(".compose").addEventListener("submit", (event) => this.send(event));
    this.become();
    this.watch();
  }

  get phone() {
    return this.owner.value || this.number.value.trim();
  }

  become() {
    this.free.hidden = this.owner.value !== "";
    this.about.textContent = this.owner.selectedOptions[0].dataset.about;
    this.after = 0;
    this.log.replaceChildren(this.empty);
    this.empty.hidden = false;
    this.look();
  }

  async send(event) {
    event.preventDefault();
    const body = this.field.value;
    if (!body.trim()) return;
    this.field.value = "";
    this.field.focus();
    const sent = fetch("/phone/text", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ phone: this.phone, body }),
    });
    setTimeout(() => this.look(), 60);
    const answer = await sent;
    if (!answer.ok) this.show({ kind: "note", body: (await answer.json()).error, at: Date.now() / 1000 });
    this.look();
  }

  async watch() {
    await this.look().catch(() => {});
    setTimeout(() => this.watch(), EVERY_MS);
  }

  async look() {
    const phone = this.phone;
    const query = new URLSearchParams({ phone, after: this.after });
    const { texts } = await (await fetch(`/phone/texts?${query}`)).json();
    if (phone !== this.phone) return;
    for (const text of texts) {
      if (text.number <= this.after) continue;
      this.after = text.number;
      this.show(text);
    }
  }

  show(text) {
    this.empty.hidden = true;
    const bubble = document.createElement("div");
    bubble.className = `bubble ${text.kind}`;
    const words = document.createElement("p");
    words.append(...linked(text.body));
    bubble.append(words);
    const under = document.createElement("small");
    const time = new Date(text.at * 1000).toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
    under.textContent = text.segments > 1 ? `${time} · ${text.segments} segments` : time;
    bubble.append(under);
    this.log.append(bubble);
    this.log.scrollTop = this.log.scrollHeight;
  }
}

function linked(body) {
  const parts = [];
  let from = 0;
  for (const match of body.matchAll(LINK)) {
    parts.push(body.slice(from, match.index));
    const link = document.createElement("a");
    link.href = match[0];
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    link.textContent = match[0];
    parts.push(link);
    from = match.index + match[0].length;
  }
  parts.push(body.slice(from));
  return parts;
}

for (const section of document.querySelectorAll(".phone")) new Phone(section);
