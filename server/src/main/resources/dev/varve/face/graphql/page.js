'use strict';
const h = React.createElement;

// Who is signed in on this page, and nowhere else: it is forgotten when the page is closed.
const session = {
  account: null,
  roles: [],
  tokens: null,
  refreshing: null,

  async signIn(email, password) {
    this.keep(await post('/auth/sign-in', {email, password}));
    const answer = await fetch('/auth/me', {headers: {Authorization: `Bearer ${this.tokens.access}`}});
    this.roles = (await answer.json()).roles;
  },

  async signOut() {
    const refreshToken = this.tokens.refresh;
    this.forget();
    await post('/auth/sign-out', {refreshToken});
  },

  keep({accessToken, refreshToken, expiresIn, account}) {
    // a little early, so that a token does not end on its way
    const until = Date.now() + expiresIn * 1000 - Math.min(30_000, expiresIn * 500);
    this.tokens = {access: accessToken, refresh: refreshToken, until};
    this.account = account ?? this.account;
  },

  forget() {
    this.account = null;
    this.roles = [];
    this.tokens = null;
  },

  // the headers that say who is asking; a refresh token is good once, so there is one refresh at a time
  async headers() {
    if (this.tokens !== null && Date.now() > this.tokens.until) {
      this.refreshing ??= this.refresh().finally(() => (this.refreshing = null));
      await this.refreshing;
    }
    return this.tokens === null ? {} : {Authorization: `Bearer ${this.tokens.access}`};
  },

  async refresh() {
    try {
      this.keep(await post('/auth/refresh', {refreshToken: this.tokens.refresh}));
    } catch (problem) {
      this.forget();
      throw new Error(`You are signed out: ${problem.message}`);
    }
  },
};

async function post(path, body) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  const json = text === '' ? {} : JSON.parse(text);
  if (!answer.ok) {
    const details = json.error.details.map(({field, message}) => `${field} ${message}`);
    throw new Error([json.error.message, ...details].join('\n'));
  }
  return json;
}

function SignIn() {
  const [account, setAccount] = React.useState(session.account);
  const [message, setMessage] = React.useState('');
  const act = action => async event => {
    event.preventDefault();
    setMessage('');
    try {
      await action(event.target.elements);
    } catch (problem) {
      setMessage(problem.message);
    }
    setAccount(session.account);
  };
  return h('section', {'aria-label': 'Sign in', className: 'sign-in'},
    h('div', {className: 'graphiql-doc-explorer-title'}, account === null ? 'Sign in' : 'Signed in'),
    account === null
      ? h('form', {onSubmit: act(({email, password}) => session.signIn(email.value, password.value))},
          h('label', null, 'E-mail address', h('input', {name: 'email', type: 'email', autoComplete: 'username', required: true})),
          h('label', null, 'Password', h('input', {name: 'password', type: 'password', autoComplete: 'current-password', required: true})),
          h('button', {className: 'graphiql-button'}, 'Sign in'))
      : h('form', {onSubmit: act(() => session.signOut())},
          h('p', null, 'You are ', h('strong', null, account.email ?? account.id),
            session.roles.length === 0 ? ', without roles.' : ` (${session.roles.join(', ')}).`),
          h('p', null, 'Everything that you run here is asked in this name, until the page is closed.'),
          h('button', {className: 'graphiql-button'}, 'Sign out')),
    h('p', {className: 'sign-in-problem', role: 'alert'}, message),
    account === null && h('p', null, 'No account yet? ', h('code', null, 'varve dev'),
      ' shows the first administrator when it makes one; ', h('a', {href: '/docs#/Accounts', target: '_blank'}, '/docs'),
      ' signs people up.'),
    h('p', null, 'An API key, or the token of somebody else, goes under Headers: ',
      h('code', null, '{"Authorization": "Bearer …"}')));
}

function KeyIcon() {
  return h('svg', {viewBox: '0 0 24 24', fill: 'none', stroke: 'currentColor', strokeWidth: 1.5, 'aria-hidden': true},
    h('circle', {cx: 8, cy: 15, r: 4.25}),
    h('path', {d: 'M11 12 19.5 3.5M16 7l3 3M13.5 9.5l2 2', strokeLinecap: 'round'}));
}

const send = GraphiQL.createFetcher({
  url: '/graphql',
  subscriptionUrl: location.origin.replace(/^http/, 'ws') + '/graphql',
});

async function fetcher(request, options) {
  const given = options?.headers ?? {};
  const named = Object.keys(given).some(name => name.toLowerCase() === 'authorization');
  const headers = named ? given : {...(await session.headers()), ...given};
  return send(request, {...options, headers});
}

// What the editor keeps (tabs, history) belongs to an application, which its models tell: with most of them still the
// same it is that one, changed; else it is another on the same port.
function storageFor(models) {
  const known = JSON.parse(localStorage.getItem('varve:applications')) ?? [];
  const isSame = others =>
    2 * others.filter(name => models.includes(name)).length > Math.max(others.length, models.length);
  const exactly = known.findIndex(others => JSON.stringify(others) === JSON.stringify(models));
  const found = exactly >= 0 ? exactly : known.findIndex(isSame);
  const place = found >= 0 ? found : known.length;
  known[place] = models;
  localStorage.setItem('varve:applications', JSON.stringify(known));
  const prefix = `varve:${place}:`;
  const keys = () => Object.keys(localStorage).filter(key => key.startsWith(prefix));
  return {
    getItem: name => localStorage.getItem(prefix + name),
    setItem: (name, value) => localStorage.setItem(prefix + name, value),
    removeItem: name => localStorage.removeItem(prefix + name),
    clear: () => keys().forEach(key => localStorage.removeItem(key)),
    get length() {
      return keys().length;
    },
  };
}

// Samples that nobody has touched make room for others, when the schema has changed.
function makeRoomFor(samples, storage) {
  const now = JSON.stringify(samples);
  const before = storage.getItem('samples');
  const tabs = JSON.parse(storage.getItem('graphiql:tabState'))?.tabs ?? [];
  if (before !== now && before === JSON.stringify(tabs.map(tab => tab.query))) {
    storage.removeItem('graphiql:tabState');
    storage.removeItem('graphiql:query');
  }
  storage.setItem('samples', now);
}

async function start() {
  const {models, operations: samples} = await (await fetch('/graphql/samples.json')).json();
  const storage = storageFor(models);
  makeRoomFor(samples, storage);
  ReactDOM.createRoot(document.getElementById('graphiql')).render(
    h(GraphiQL,
      {
        fetcher,
        storage,
        plugins: [{title: 'Sign in', icon: KeyIcon, content: SignIn}],
        defaultQuery: samples[0],
        defaultTabs: samples.length === 0 ? undefined : samples.map(query => ({query})),
        defaultEditorToolsVisibility: false,
        shouldPersistHeaders: false,
      },
      h(GraphiQL.Logo, null,
        h('a', {className: 'graphiql-logo-link', href: '/docs', title: 'The same as REST'}, 'REST'))),
  );
}

start();
