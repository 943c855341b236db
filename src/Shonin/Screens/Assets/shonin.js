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
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
