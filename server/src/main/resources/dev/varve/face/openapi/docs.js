"use strict";

// Whoever signs in on this page is meant by every request that it sends from then on.
function answered(answer) {
  const path = new URL(answer.url, location.href).pathname;
  if (answer.ok && (path === "/auth/sign-in" || path === "/auth/refresh")) {
    page.preauthorizeApiKey("bearer", answer.body.accessToken);
  }
  if (answer.ok && path === "/auth/sign-out") {
    page.authActions.logout(["bearer"]);
  }
  return answer;
}

// A stream of events has no end for which the page could wait.
const noStreams = () => ({
  statePlugins: {
    spec: {
      wrapSelectors: {
        allowTryItOutFor: original => (state, path, method) =>
          path !== "/api/events" && original(state, path, method),
      },
    },
  },
});

const page = SwaggerUIBundle({
  plugins: [noStreams],
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  filter: true,
  displayRequestDuration: true,
  responseInterceptor: answered,
  validatorUrl: null,
});

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
