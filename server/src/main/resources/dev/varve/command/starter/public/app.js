// The page of the application, in plain JavaScript: it lists, creates and changes over REST, and hears over /api/events of
// whatever anybody changes.

const tasks = new Map();
const list = document.querySelector('#tasks');
const feed = document.querySelector('#feed');
const message = document.querySelector('#message');
const form = document.querySelector('#add');

/** Asks the server. A refusal says in words what is wrong and what to do. */
async function ask(method, path, body, headers = {}) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined ? headers : {'Content-Type': 'application/json', ...headers},
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const given = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) {
    const details = (given.error.details ?? []).map(detail => `${detail.field} ${detail.message}`);
    throw new Error([given.error.message, ...details].join('; '));
  }
  return given;
}

/** Does something, and shows what is wrong with it. */
async function attempt(action) {
  message.hidden = true;
  try {
    await action();
  } catch (refusal) {
    message.textContent = refusal.message;
    message.hidden = false;
  }
}

function button(text, label, action) {
  const made = document.createElement('button');
  made.textContent = text;
  made.ariaLabel = label;
  made.addEventListener('click', () => attempt(action));
  return made;
}

function line(task) {
  const item = document.createElement('li');
  const done = document.createElement('input');
  const title = document.createElement('span');
  item.dataset.id = task.id;
  item.classList.toggle('done', task.status === 'DONE');
  done.type = 'checkbox';
  done.checked = task.status === 'DONE';
  done.ariaLabel = `${task.title} is done`;
  // If-Match: not when somebody else was faster
  done.addEventListener('change', () => attempt(() =>
    ask('PATCH', `/api/tasks/${encodeURIComponent(task.id)}`,
      {status: done.checked ? 'DONE' : 'OPEN'}, {'If-Match': `"${task.version}"`})));
  title.textContent = task.title;
  item.append(done, title);
  if (task.status === 'DONE') {
    item.append(button('Delete', `Delete ${task.title}`, () =>
      ask('DELETE', `/api/tasks/${encodeURIComponent(task.id)}`)));
  }
  return item;
}

function show() {
  list.replaceChildren(...[...tasks.values()].map(line));
}

function tell(change) {
  const item = document.createElement('li');
  const what = change.record?.title ?? change.record?.name ?? change.id;
  item.textContent = `${change.operation} ${change.model} ${what}`;
  feed.prepend(item);
  // what nobody scrolls to
  while (feed.children.length > 20) {
    feed.lastChild.remove();
  }
}

function apply(change) {
  tell(change);
  if (change.model !== 'Task') {
    return;
  }
  const known = tasks.get(change.id);
  if (change.record === null) {
    tasks.delete(change.id);
  } else if (known === undefined || known.version < change.version) {
    tasks.set(change.id, change.record);
  }
  show();
}

/** Hears of changes. After a break the browser comes back by itself, and misses nothing. */
function hear(listed) {
  const events = new EventSource('/api/events');
  events.addEventListener('change', event => listed.then(() => apply(JSON.parse(event.data))));
  return new Promise(resolve => events.addEventListener('start', resolve, {once: true}));
}

async function start() {
  // first the feed, then the list: what changes meanwhile is heard of, and told once the list is there
  const listing = Promise.withResolvers();
  await hear(listing.promise);
  const [projects, open] = await Promise.all([
    ask('GET', '/api/projects?sort=name&limit=100'),
    ask('GET', '/api/tasks?sort=createdAt&limit=100'),
  ]);
  form.project.replaceChildren(...projects.items.map(project => new Option(project.name, project.id)));
  open.items.forEach(task => tasks.set(task.id, task));
  show();
  listing.resolve();
}

form.addEventListener('submit', event => {
  event.preventDefault();
  attempt(async () => {
    await ask('POST', '/api/tasks', {project: form.project.value, title: form.title.value});
    form.reset();
  });
});

attempt(start);
