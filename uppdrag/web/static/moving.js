// What htmx could not bring is asked for as a page: the login, what went wrong, or the browser's own words are then seen.
// A form that was posted is posted as a page; without a network it stays as it is (saving.js).
// With moving.js and saving.js after htmx and nothing else, no page needs scripts of its own.
(() => {
  const asked = told => new URL(told.pathInfo.finalRequestPath, location.href);
  const posted = told => told.requestConfig.verb === "post";
  addEventListener("htmx:beforeSwap", event => {
    const { xhr, shouldSwap, requestConfig } = event.detail, wanted = asked(event.detail);
    if (shouldSwap && new URL(xhr.responseURL).pathname === wanted.pathname) return;
    event.preventDefault();
    if (posted(event.detail)) requestConfig.elt.closest("form").submit();
    else location.assign(wanted);
  });
  addEventListener("htmx:sendError", event => { if (!posted(event.detail)) location.assign(asked(event.detail)); });
})();
