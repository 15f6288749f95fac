// Passkeys over Varve's JSON endpoints: the whole of it.

const passkeys = window.PublicKeyCredential;

async function call(method, path, body, token) {
  const headers = body ? { "Content-Type": "application/json" } : {};
  if (token) {
    headers.Authorization = `Bearer ${token}`;
  }
  const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const json = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) {
    throw Object.assign(new Error(json.error.details[0]?.message ?? json.error.message), json.error);
  }
  return json;
}

async function create(options) {
  const publicKey = passkeys.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({ publicKey })).toJSON();
}

/** Makes an account with a passkey and no password. */
export async function signUp(fields) {
  const credential = await create(await call("POST", "/auth/sign-up/passkey/options", fields));
  return call("POST", "/auth/sign-up/passkey", { credential });
}

/** Gives the account one more; the session has to be fresh. */
export async function add(token, name) {
  const credential = await create(await call("POST", "/auth/passkeys/options", {}, token));
  return call("POST", "/auth/passkeys", { credential, name }, token);
}

/** Signs in. With mediation "conditional" the browser offers passkeys where it fills in addresses. */
export async function signIn(mediation = "optional", signal) {
  const options = await call("POST", "/auth/sign-in/passkey/options", {});
  const publicKey = passkeys.parseRequestOptionsFromJSON(options);
  const credential = (await navigator.credentials.get({ publicKey, mediation, signal })).toJSON();
  try {
    return await call("POST", "/auth/sign-in/passkey", { credential });
  } catch (error) {
    if (error.message.startsWith("is not known here")) {
      await passkeys.signalUnknownCredential?.({ rpId: options.rpId, credentialId: credential.id });
    }
    throw error;
  }
}

/** The passkeys of the account. What its keeper shows is brought up to date. */
export async function list(token) {
  const { items, ...signals } = await call("GET", "/auth/passkeys", undefined, token);
  for (const [name, details] of Object.entries(signals)) {
    await passkeys[name]?.(details);
  }
  return items;
}

/** Removes one; the session has to be fresh. */
export async function remove(token, id) {
  return call("DELETE", `/auth/passkeys/${id}`, undefined, token);
}
