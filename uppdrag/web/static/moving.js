// What htmx could not bring is asked for as a page: the login, what went wrong, or the browser's own words are then seen.
// With moving.js after htmx and nothing else, no page needs scripts of its own.
(() => {
  const asked = told => new URL(told.pathInfo.finalRequestPath, location.href);
  addEventListener("htmx:beforeSwap", event => {
    const { xhr, shouldSwap } = event.detail, wanted = asked(event.detail);
    if (shouldSwap && new URL(xhr.responseURL).pathname === wanted.pathname) return;
    event.preventDefault();
    location.assign(wanted);
  });
  addEventListener("htmx:sendError", event => location.assign(asked(event.detail)));
})();
