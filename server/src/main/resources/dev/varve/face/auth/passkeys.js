"use strict";
// Passkeys on the pages of Varve. It shows nothing that this browser cannot do.
(() => {
  const passkeys = window.PublicKeyCredential;

  // a challenge is good for five minutes
  const RENEWED_MILLIS = 4 * 60 * 1000;

  async function capabilities() {
    const known = passkeys.getClientCapabilities ? await passkeys.getClientCapabilities() : {};
    const conditional = known.conditionalGet
      ?? (passkeys.isConditionalMediationAvailable ? await passkeys.isConditionalMediationAvailable() : false);
    return { ...known, conditionalGet: conditional };
  }

  // Tells keepers of passkeys what this server knows.
  async function signal(name, details) {
    const known = await capabilities();
    if (known[name] !== false && passkeys[name]) {
      await passkeys[name](details);
    }
  }

  function signals() {
    const told = document.querySelector("[data-signals]");
    if (told) {
      for (const [name, details] of Object.entries(JSON.parse(told.dataset.signals))) {
        // nobody is worse off when it does not work
        signal(name, details).catch(() => {});
      }
    }
  }

  // What a form asks the browser for: a passkey that is there or, of one that makes them, another.
  async function asked(form, json, mediation, signal) {
    return form.dataset.create
      ? navigator.credentials.create({ publicKey: passkeys.parseCreationOptionsFromJSON(json), signal })
      : navigator.credentials.get({ publicKey: passkeys.parseRequestOptionsFromJSON(json), mediation, signal });
  }

  function answer(form) {
    const note = form.querySelector("[role=alert]");
    let asking = new AbortController();

    async function ask(mediation) {
      asking.abort();
      asking = new AbortController();
      const mine = asking.signal;
      const options = await fetch(form.dataset.options, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ token: form.elements.token.value }),
        signal: mine,
      });
      if (!options.ok) {
        throw new DOMException("", "DataError");
      }
      const credential = await asked(form, await options.json(), mediation, mine);
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    }

    function tell(error) {
      if (error.name !== "AbortError") {
        note.textContent = form.dataset[error.name] ?? form.dataset.other;
        note.hidden = false;
      }
    }

    // offered among the addresses that a browser fills in
    async function offer() {
      const known = await capabilities();
      if (!form.dataset.create && known.conditionalGet && document.querySelector("[autocomplete~=webauthn]")) {
        setTimeout(offer, RENEWED_MILLIS);
        await ask("conditional");
      }
    }

    form.addEventListener("submit", event => {
      event.preventDefault();
      note.hidden = true;
      ask("optional").catch(tell);
    });
    form.hidden = false;
    offer().catch(() => {});
  }

  // Whether a passkey could be made on this very device, for a page that goes on to offer one.
  async function sayWhetherAble() {
    const able = document.querySelector("[name=able]");
    if (able && passkeys.parseCreationOptionsFromJSON
        && await passkeys.isUserVerifyingPlatformAuthenticatorAvailable()) {
      able.value = "yes";
    }
  }

  if (passkeys && passkeys.parseRequestOptionsFromJSON) {
    sayWhetherAble().catch(() => {});
    document.querySelectorAll("form[data-options]").forEach(answer);
    signals();
  }
})();
