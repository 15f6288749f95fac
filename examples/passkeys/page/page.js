import { add, list, remove, signIn, signUp } from "./passkeys.js";

const find = selector => document.querySelector(selector);
let session;

async function show() {
  find("#who").textContent = `${session.account.email} is signed in.`;
  find("#mine").hidden = false;
  const items = await list(session.accessToken);
  find("#passkeys").replaceChildren(...items.map(item => {
    const entry = document.createElement("li");
    const button = document.createElement("button");
    button.textContent = "Remove";
    button.onclick = () => tried(async () => {
      await remove(session.accessToken, item.id);
      await show();
      return "Removed.";
    });
    entry.append(`${item.name} `, button);
    return entry;
  }));
}

async function tried(work) {
  find("#said").textContent = "…";
  try {
    find("#said").textContent = await work();
  } catch (error) {
    find("#said").textContent = `${error.name === "Error" ? "" : `${error.name}: `}${error.message}`;
  }
}

const waiting = new AbortController();

async function enter(mediation, signal) {
  session = await signIn(mediation, signal);
  await show();
  return "Signed in.";
}

find("#signUp").onsubmit = event => {
  event.preventDefault();
  waiting.abort();
  tried(async () => {
    const { name, email } = Object.fromEntries(new FormData(event.target));
    return (await signUp({ name, email })).message;
  });
};

find("#signIn").onclick = () => {
  waiting.abort();
  tried(() => enter("optional"));
};

find("#add").onclick = () => tried(async () => {
  await add(session.accessToken, "Another");
  await show();
  return "Added.";
});

// offered where the browser fills in the address
const known = (await window.PublicKeyCredential?.getClientCapabilities?.()) ?? {};
if (known.conditionalGet) {
  enter("conditional", waiting.signal).then(said => find("#said").textContent = said, () => {});
}
