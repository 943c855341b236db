// While we wait for the card company, asks now and then whether there is news, and says so politely. It changes nothing else on the page.
const news = document.querySelector("[data-news]");
if (news) {
  const everyMs = 3000;
  let questionsLeft = 60;
  const ask = async () => {
    if (questionsLeft-- === 0) return;
    try {
      const answer = await fetch(news.dataset.news, { cache: "no-store" });
      if (answer.ok) {
        const { underway, text } = await answer.json();
        if (!underway) {
          news.textContent = text;
          return;
        }
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // the network is away: ask again later
    }
    setTimeout(ask, everyMs);
  };
  setTimeout(ask, everyMs);
}
// A button that was pressed is not pressed again by mistake. Without this script the form's own id sees to it.
for (const form of document.querySelectorAll("form[data-once]"))
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
// Gone back to: a page that the browser kept is shown as the order stands now.
addEventListener("pageshow", (event) => {
  const kept = event.persisted && document.querySelector("[data-fresh]");
  if (kept) location.replace(kept.dataset.fresh);
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
// A saved mail may be dropped beside its field. What is too large is said before it is sent.
for (const place of document.querySelectorAll(".drop")) {
  const input = place.querySelector("input[type=file]");
  const said = place.querySelector("[data-chosen]");
  const look = () => {
    const file = input.files[0];
    const tooLarge = file && file.size > Number(place.dataset.sizeMax);
    said.textContent = tooLarge ? place.dataset.tooLarge : file ? file.name : "";
    if (tooLarge) input.value = "";
  };
  input.addEventListener("change", look);
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    place.classList.add("over");
  });
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("over");
    if (event.dataTransfer.files.length === 0) return;
    input.files = event.dataTransfer.files;
    look();
  });
}
// What takes a while says so.
for (const form of document.querySelectorAll("form[data-busy]"))
  form.addEventListener("submit", () => {
    form.querySelector("[data-busy-text]").textContent = form.dataset.busy;
  });
// Passkeys: the form asks our server what to ask the browser for, and brings the browser's answer.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) continue;
  form.hidden = false;
  const wrong = form.querySelector("[data-passkey-wrong]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.textContent = "";
    try {
      const answer = await fetch(form.dataset.options, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (!answer.ok) throw new Error(answer.statusText);
      const options = await answer.json();
      const made =
        form.dataset.passkey === "create"
          ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
          : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      form.elements.credential.value = JSON.stringify(made.toJSON());
      form.submit();
    } catch {
      wrong.textContent = wrong.dataset.passkeyWrong; // given up, none there, or signed out meanwhile
    }
  });
}
