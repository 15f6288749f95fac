// Signs people in with the authorization code flow and PKCE (RFC 7636), as every library for OpenID Connect does. The address of
// the server and the id of this client are all that it has to know; it finds the rest by itself.
const clientId = 'notes';
const scope = 'openid email notes:read notes:write';
const redirectUri = location.origin + '/';
const api = new URLSearchParams(location.search).get('api')
  ?? sessionStorage.getItem('api') ?? 'http://localhost:8080';
sessionStorage.setItem('api', api);

const element = id => document.getElementById(id);
const say = text => element('said').textContent = text;
const provider = fetch(api + '/.well-known/openid-configuration').then(answer => answer.json());
let tokens;   // in this page alone: who leaves it goes over the server once more, which knows the browser

const base64 = bytes => btoa(String.fromCharCode(...bytes))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const random = () => base64(crypto.getRandomValues(new Uint8Array(32)));
const sha256 = async text =>
  base64(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));

async function signIn() {
  const {authorization_endpoint} = await provider;
  const [state, verifier] = [random(), random()];
  sessionStorage.setItem('flow', JSON.stringify({state, verifier}));
  location = authorization_endpoint + '?' + new URLSearchParams({
    response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope, state,
    code_challenge: await sha256(verifier), code_challenge_method: 'S256',
  });
}

async function ask(parameters) {
  const {token_endpoint} = await provider;
  const answer = await fetch(token_endpoint, {
    method: 'POST', body: new URLSearchParams({client_id: clientId, ...parameters}),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error_description);
  tokens = {...tokens, ...body};
}

// The browser is back: with a code, or with what went wrong.
async function comeBack(answer) {
  history.replaceState(null, '', redirectUri);
  const flow = JSON.parse(sessionStorage.getItem('flow') ?? '{}');
  sessionStorage.removeItem('flow');
  const {issuer} = await provider;
  if (answer.get('state') !== flow.state || answer.get('iss') !== issuer) {
    throw new Error('This answer is not for this page');
  }
  if (answer.has('error')) throw new Error(answer.get('error_description'));
  await ask({
    grant_type: 'authorization_code', code: answer.get('code'), redirect_uri: redirectUri,
    code_verifier: flow.verifier,
  });
}

async function signOut() {
  const {end_session_endpoint} = await provider;
  location = end_session_endpoint + '?' + new URLSearchParams(
    {id_token_hint: tokens.id_token, post_logout_redirect_uri: redirectUri});
}

async function call(url, options = {}) {
  const answer = await fetch(url, {
    ...options,
    headers: {Authorization: 'Bearer ' + tokens.access_token, 'Content-Type': 'application/json'},
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error.message);
  return body;
}

async function show() {
  const {items} = await call(api + '/api/notes');
  element('notes').replaceChildren(...items.map(note => {
    const line = document.createElement('li');
    line.textContent = note.text;
    return line;
  }));
}

const trying = action => async event => {
  event?.preventDefault();
  try {
    await action();
  } catch (problem) {
    say(problem.message);
  }
};

element('signIn').onclick = trying(signIn);
element('signOut').onclick = trying(signOut);
element('refresh').onclick = trying(async () => {
  const before = tokens.refresh_token;
  await ask({grant_type: 'refresh_token', refresh_token: before});
  await show();
  say(before === tokens.refresh_token ? 'The tokens are the same.' : 'The tokens are new.');
});
element('write').onsubmit = trying(async () => {
  await call(api + '/api/notes',
    {method: 'POST', body: JSON.stringify({text: element('text').value})});
  element('text').value = '';
  await show();
});

trying(async () => {
  const answer = new URLSearchParams(location.search);
  if (answer.has('state')) await comeBack(answer);
  if (tokens) {
    const {email} = await call((await provider).userinfo_endpoint);
    await show();
    element('who').textContent = email + ' is signed in.';
  }
})().finally(() => {
  for (const id of ['signOut', 'refresh', 'write']) element(id).hidden = !tokens;
  element('signIn').hidden = !!tokens;
});
