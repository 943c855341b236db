// A conversation while its page is open. The truth is the server's log: every line has a number, and whatever a lost connection kept from
// us is asked for by the number of the last line that we have. A message is ours to offer, under its own id, until the server says that it
// is kept; it lies in the tab's own store meanwhile, so that a reload offers it again, and the id keeps it from being there twice.
{
  const chat = document.querySelector("[data-chat]");
  const inbox = document.querySelector("[data-inbox]");
  const place = chat ?? inbox;
  const connectMs = [0, 500, 1000, 2000, 4000, 8000];
  const sayAgainMs = 2000;
  const typingToldMs = 3000;
  const typingShownMs = 6000;

  const connect = (hub, onConnected, onTrouble = () => {}) => {
    const connection = new signalR.HubConnectionBuilder().withUrl(hub).configureLogging(signalR.LogLevel.None).build();
    let tried = 0;
    const start = async () => {
      if (connection.state !== signalR.HubConnectionState.Disconnected) return;
      try {
        await connection.start();
        await onConnected(connection);
        tried = 0;
      } catch (error) {
        onTrouble(error);
        if (connection.state === signalR.HubConnectionState.Connected) await connection.stop();
        else again();
      }
    };
    const again = () => {
      const wait = connectMs[Math.min(tried++, connectMs.length - 1)];
      setTimeout(start, wait + Math.random() * wait / 2);
    };
    connection.onclose(again);
    // A phone that slept has a connection that is dead and does not know it yet.
    addEventListener("online", start);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") start();
    });
    again();
    return connection;
  };

  const follow = () => {
    const lines = chat.querySelector("[data-chat-lines]");
    const typing = chat.querySelector("[data-chat-typing]");
    const away = chat.querySelector("[data-chat-away]");
    const standing = document.querySelector("[data-chat-standing]");
    const form = document.querySelector("[data-chat-form]");
    const box = form?.querySelector("textarea");
    const { contact, link, key, language } = chat.dataset;
    const store = `chat ${contact ?? `${link} ${key}`}`;
    let last = Number(chat.dataset.last);
    let isSaying = false;
    let isSyncing = false;
    let syncAgain = false;
    let refused = "";

    const pending = new Map();
    const save = () => {
      try {
        sessionStorage.setItem(store, JSON.stringify([...pending].map(([id, { text }]) => [id, text])));
      } catch {
        // Without a store a reload loses what was not sent; the line says so until it is.
      }
    };

    // What is being written is kept over a load of the page, in the box that has its name.
    const boxes = () => document.querySelectorAll("textarea[id]");
    const reload = () => {
      try {
        sessionStorage.setItem(`${store} drafts`, JSON.stringify([...boxes()].map((one) => [one.id, one.value, one === document.activeElement])));
      } catch {
        if ([...boxes()].some((one) => one.value)) return; // Without a store the page stays as it is.
      }
      location.reload();
    };
    try {
      for (const [id, text, hadFocus] of JSON.parse(sessionStorage.getItem(`${store} drafts`) ?? "[]")) {
        const one = document.getElementById(id);
        if (one && text && !one.value) one.value = text;
        if (one && hadFocus) one.focus();
      }
      sessionStorage.removeItem(`${store} drafts`);
    } catch {
      // What lies there is not ours.
    }

    const isAtEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 160;

    const part = (name, className, text) => {
      const made = document.createElement(name);
      if (className) made.className = className;
      made.textContent = text;
      return made;
    };

    const element = ({ number, side, who, when, at, text, clientId, tone, card, link }) => {
      const line = document.createElement("li");
      line.className = tone && tone !== "plain" ? `line ${side} ${tone}` : `line ${side}`;
      if (number) line.dataset.number = number;
      if (clientId) line.dataset.client = clientId;
      const said = [part("p", "text", text)];
      if (card) {
        const rows = document.createElement("dl");
        rows.className = "facts";
        for (const row of card.rows) {
          const both = document.createElement("div");
          both.append(part("dt", "", row.label), part("dd", "", row.text));
          rows.append(both);
        }
        said.push(part("p", "card-title", card.title), rows);
      }
      if (link) {
        const way = part("a", "", link.text);
        way.href = link.path;
        const around = document.createElement("p");
        around.append(way);
        said.push(around);
      }
      const by = document.createElement("p");
      by.className = "who";
      const time = document.createElement("time");
      time.dateTime = at ?? "";
      time.textContent = when;
      by.append(who ? `${who} ` : "", time);
      if (who) line.append(by, ...said);
      else line.append(...said, by);
      return line;
    };

    const take = (after) => {
      if (after.from > last) return sync();
      const stay = isAtEnd();
      for (const line of after.lines) {
        if (line.number <= last) continue;
        const waiting = line.clientId && pending.get(line.clientId);
        if (waiting) {
          waiting.element.remove();
          pending.delete(line.clientId);
          save();
        }
        const added = element(line);
        const unsent = lines.querySelector(".unsent");
        if (unsent) unsent.before(added);
        else lines.append(added);
        typing.textContent = "";
      }
      last = Math.max(last, after.to);
      if (stay) lines.lastElementChild?.scrollIntoView({ block: "nearest" });
    };

    const show = (now) => {
      if (!now) return;
      standing.textContent = now.status;
      // What can be done here has changed: the page's forms say so once it is loaded anew. What is being written stays.
      const { open, agent } = chat.dataset;
      const isOther = open !== String(now.isOpen) || (agent !== undefined && agent !== (now.agent ?? ""));
      if (isOther && pending.size === 0) reload();
    };

    const sync = async () => {
      syncAgain = true;
      if (isSyncing) return;
      isSyncing = true;
      try {
        while (syncAgain) {
          syncAgain = false;
          const answer = await connection.invoke("Since", last);
          if (answer.lines) take({ ...answer.lines, from: last });
          else setTimeout(sync, sayAgainMs);
          show(answer.standing);
        }
      } catch {
        // The connection went: joining again brings the same.
      } finally {
        isSyncing = false;
      }
    };

    const say = async () => {
      if (isSaying || connection.state !== signalR.HubConnectionState.Connected) return;
      isSaying = true;
      try {
        for (const [id, { text, element: waiting }] of pending) {
          const answer = await connection.invoke("Say", id, text);
          if (answer.kept) {
            waiting.querySelector("time").textContent = "";
            waiting.dataset.kept = "yes";
          } else if (answer.mayBeTriedAgain) {
            if (answer.why) waiting.querySelector("time").textContent = answer.why;
            setTimeout(say, sayAgainMs);
            break;
          } else {
            waiting.remove();
            pending.delete(id);
            save();
            away.textContent = answer.why ?? "";
            if (box && !box.value) box.value = text;
            await sync();
          }
        }
      } catch {
        // Offered again when the connection is back.
      } finally {
        isSaying = false;
      }
      if ([...pending.values()].some(({ element: waiting }) => waiting.dataset.kept)) await sync();
    };

    const offer = (id, text) => {
      const waiting = element({ side: chat.dataset.side ?? "customer", who: chat.dataset.you, when: chat.dataset.sending, text, clientId: id });
      waiting.classList.add("unsent");
      lines.append(waiting);
      pending.set(id, { text, element: waiting });
      waiting.scrollIntoView({ block: "nearest" });
    };

    const connection = connect(chat.dataset.hub, async (open) => {
      const answer = await (contact ? open.invoke("Join", contact, language, last) : open.invoke("Join", link, key, language, last));
      refused = answer.refused ?? "";
      away.textContent = refused;
      if (refused) throw new Error(refused);
      if (answer.lines) take({ ...answer.lines, from: Math.min(last, answer.lines.from) });
      show(answer.standing);
      chat.dataset.connected = "yes";
      say();
    }, (error) => {
      // Not signed in any more: whoever signs in again, in whatever tab, is let in here too.
      if (/401/.test(error?.message)) away.textContent = chat.dataset.closed;
    });
    connection.onclose(() => {
      delete chat.dataset.connected;
      away.textContent = refused || chat.dataset.away;
      for (const { element: waiting } of pending.values()) waiting.querySelector("time").textContent = chat.dataset.failed;
    });
    connection.on("changed", (...told) => {
      const [after, now] = told.slice(-2);
      take(after);
      show(now);
    });
    connection.on("standing", show);
    let typingEnds;
    connection.on("typing", (...told) => {
      typing.textContent = told.at(-1);
      clearTimeout(typingEnds);
      typingEnds = setTimeout(() => (typing.textContent = ""), typingShownMs);
    });

    // A mail's original goes by the form itself: the server judges it, and only the verdict becomes a line.
    const isMail = (text) => /^From:[ \t]*\S/im.test(text) && /^(Received|Return-Path|Delivered-To|DKIM-Signature|Authentication-Results|Message-ID|MIME-Version):/im.test(text);

    form?.addEventListener("submit", (event) => {
      if (chat.dataset.side !== "agent" && isMail(box.value)) return;
      event.preventDefault();
      const text = box.value.trim();
      if (!text) return;
      const id = crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      offer(id, text);
      box.value = "";
      save();
      say();
    });
    // Enter writes a new line, as on a phone; with Ctrl or ⌘ it sends.
    box?.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    let toldTyping = 0;
    box?.addEventListener("input", () => {
      const now = Date.now();
      if (now - toldTyping < typingToldMs || connection.state !== signalR.HubConnectionState.Connected) return;
      toldTyping = now;
      connection.invoke("Typing").catch(() => {});
    });
    for (const template of document.querySelectorAll("[data-template]"))
      template.addEventListener("click", () => {
        box.value = box.value ? `${box.value}\n${template.dataset.template}` : template.dataset.template;
        box.focus();
      });

    try {
      const there = new Set([...lines.querySelectorAll("[data-client]")].map((line) => line.dataset.client));
      for (const [id, text] of JSON.parse(sessionStorage.getItem(store) ?? "[]")) if (!there.has(id)) offer(id, text);
      save();
    } catch {
      // What lies there is not ours.
    }
    lines.lastElementChild?.scrollIntoView({ block: "nearest" });
    return connection;
  };

  // The list at the desk shows who waits now. What is being read keeps the focus.
  const keepInbox = (connection) => {
    let isLooking = false;
    let lookAgain = false;
    const look = async () => {
      lookAgain = true;
      if (isLooking) return;
      isLooking = true;
      while (lookAgain) {
        lookAgain = false;
        try {
          const answer = await fetch(inbox.dataset.inbox, { cache: "no-store" });
          if (!answer.ok) break;
          const now = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-inbox]");
          const focused = document.activeElement?.id;
          if (now) inbox.innerHTML = now.innerHTML;
          if (focused) document.getElementById(focused)?.focus();
        } catch {
          break; // The connection is away: the next news brings it.
        }
      }
      isLooking = false;
    };
    connection.on("inbox", look);
    return look;
  };

  if (chat) {
    const connection = follow();
    if (inbox) keepInbox(connection);
  } else if (inbox) {
    let look = () => {};
    const connection = connect(place.dataset.hub, async () => {
      place.dataset.connected = "yes";
      await look();
    });
    connection.onclose(() => delete place.dataset.connected);
    look = keepInbox(connection);
  }
  if (place) document.documentElement.classList.add("with-script");
}
