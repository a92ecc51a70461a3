// The page on which minutes are taken: what is typed and not saved says so, and is not left behind by mistake.
(() => {
  const changed = () => document.querySelectorAll("form.spara[data-andrad]");
  const tell = (form, text) => { form.querySelector(".osparat").textContent = text; };
  addEventListener("input", event => {
    const form = event.target.closest("form.spara");
    if (!form || form.dataset.andrad) return;
    form.dataset.andrad = "ja";
    tell(form, "Ändrat, inte sparat");
  });
  addEventListener("keydown", event => {
    const form = event.target.closest?.("form.spara");
    if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector('[value="spara"]'));
  });
  addEventListener("submit", event => { if (event.target.matches("form.spara")) delete event.target.dataset.andrad; });
  addEventListener("beforeunload", event => { if (changed().length) event.preventDefault(); });
  addEventListener("htmx:sendError", event => {
    const form = event.detail.elt.closest("form.spara");
    if (!form) return;
    form.dataset.andrad = "ja";
    tell(form, "Inte sparat: nätet svarar inte. Det du skrev står kvar. Spara igen om en stund.");
  });
})();
