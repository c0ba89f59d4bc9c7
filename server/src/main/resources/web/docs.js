// Shows /openapi.json as a page, in English or Arabic.
import { remember } from './store.js';

const WORDS = {
  en: {
    title: 'API', guide: 'Streaming', other: 'العربية', document: 'The document', at: 'This server',
    key: 'Send a key as', or: 'or', noKey: 'needs no key', query: 'In the address', header: 'Header fields',
    path: 'In the path', body: 'Body', answers: 'Answers', headers: 'Header fields', schemas: 'Objects',
    member: 'member', type: 'type', meaning: 'meaning', required: 'required', events: 'each event’s data',
    end: 'the last data', oneOf: 'one of', list: 'list of', more: 'and further members', any: 'any',
    example: 'Example', trouble: 'The document could not be read: ', tools: 'Pages', contents: 'Contents',
    atMost: 'at most', atLeast: 'at least',
  },
  ar: {
    title: 'الواجهة', guide: 'البث', other: 'English', document: 'الوثيقة', at: 'هذا الخادم',
    key: 'أرسل المفتاح في', or: 'أو', noKey: 'بلا مفتاح', query: 'في العنوان', header: 'حقول الترويسة',
    path: 'في المسار', body: 'المتن', answers: 'الردود', headers: 'حقول الترويسة', schemas: 'الكائنات',
    member: 'العضو', type: 'النوع', meaning: 'معناه', required: 'لازم', events: 'بيانات كل حدث',
    end: 'آخر البيانات', oneOf: 'واحد من', list: 'قائمة من', more: 'وأعضاء أخرى', any: 'أي شيء',
    example: 'مثال', trouble: 'تعذرت قراءة الوثيقة: ', tools: 'الصفحات', contents: 'المحتويات',
    atMost: 'على الأكثر', atLeast: 'على الأقل',
  },
};

const root = document.documentElement;
const words = () => WORDS[root.lang === 'ar' ? 'ar' : 'en'];
let api = null;
let model = 'MODEL';

function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) element.setAttribute(key, value);
  element.append(...children.flat().filter((child) => child !== null && child !== ''));
  return element;
}

const code = (text) => el('code', { dir: 'ltr' }, text);
const english = (text) => el('span', { lang: 'en', dir: 'ltr' }, text);
const resolve = (node) =>
  node?.$ref ? node.$ref.slice(2).split('/').reduce((at, part) => at[part], api) : node;
const nameOf = (node) => node?.$ref?.split('/').pop();

/** The text in the page's language; English where there is no other. */
function said(node, what) {
  const own = root.lang === 'ar' ? node[`x-${what}-ar`] : null;
  if (own) return own;
  return node[what] ? english(node[what]) : '';
}

function link(name) {
  return el('a', { href: `#${name}`, dir: 'ltr' }, code(name));
}

/** What a schema takes, in a line. */
function kind(schema) {
  const t = words();
  if (!schema || Object.keys(schema).length === 0) return [t.any];
  if (schema.$ref) return [link(nameOf(schema))];
  if ('const' in schema) return [code(JSON.stringify(schema.const))];
  if (schema.enum) return schema.enum.flatMap((value, i) => [i ? ' | ' : '', code(JSON.stringify(value))]);
  const several = schema.oneOf ?? schema.anyOf;
  if (several) return several.flatMap((one, i) => [i ? ' | ' : '', ...kind(one)]);
  const types = [schema.type].flat().join(' | ') || t.any;
  if (schema.items) return [`${t.list} `, ...kind(schema.items), ...(types.includes('null') ? [' | null'] : [])];
  return [english(types), ...bounds(schema)];
}

function bounds(schema) {
  const t = words();
  const parts = [];
  if ('minimum' in schema) parts.push(` ${t.atLeast} ${schema.minimum}`);
  if ('maximum' in schema) parts.push(` ${t.atMost} ${schema.maximum}`);
  return parts;
}

/** Objects within a schema that have no name of their own. */
function inner(schema) {
  if (!schema || schema.$ref) return [];
  if (schema.properties) return [schema];
  return [schema.items, ...(schema.oneOf ?? schema.anyOf ?? [])].flatMap(inner);
}

function members(schema) {
  const t = words();
  const rows = Object.entries(schema.properties ?? {}).map(([name, its]) =>
    el('tr', null,
      el('td', null, code(name), schema.required?.includes(name) ? el('span', { class: 'required' }, t.required) : ''),
      el('td', null, kind(its)),
      el('td', null, said(its, 'description'), inner(its).map(members))));
  if (schema.additionalProperties === true) rows.push(el('tr', null, el('td', { colspan: 3 }, t.more)));
  if (rows.length === 0) return '';
  const head = [t.member, t.type, t.meaning].map((text) => el('th', { scope: 'col' }, text));
  return el('div', { class: 'wide' }, el('table', null, el('tr', null, head), rows));
}

function shape(schema) {
  if (schema.$ref) return el('p', null, link(nameOf(schema)));
  const parts = inner(schema);
  return parts.length > 0 ? el('div', null, parts.map(members)) : el('p', null, kind(schema));
}

function parameters(operation) {
  const t = words();
  return ['path', 'query', 'header'].map((place) => {
    const own = (operation.parameters ?? []).filter((each) => each.in === place);
    if (own.length === 0) return '';
    const properties = Object.fromEntries(own.map((each) => [each.name, { ...each.schema, description: each.description, 'x-description-ar': each['x-description-ar'] }]));
    const required = own.filter((each) => each.required).map((each) => each.name);
    return el('div', null, el('h4', null, t[place]), members({ properties, required }));
  });
}

function content(media) {
  const t = words();
  return Object.entries(media ?? {}).map(([type, its]) =>
    el('div', { class: 'media' },
      el('p', null, code(type), its.schema?.$ref || its.schema?.oneOf || its.schema?.anyOf ? [' ', ...kind(its.schema)] : ''),
      its.schema?.description ? el('p', { class: 'small' }, said(its.schema, 'description')) : '',
      its['x-events'] ? el('p', null, `${t.events}: `, kind(its['x-events'].data)) : '',
      its['x-events']?.end ? el('p', null, `${t.end}: `, code(its['x-events'].end)) : ''));
}

// A description of an error ends with the codes that it may have.
const sentence = (its) => its.description.replace(/ Codes: .*/, '');

function codes(its) {
  const all = / Codes: (.*)\.$/.exec(its.description)?.[1].split(', ') ?? [];
  return all.length === 0 ? '' : el('p', { class: 'small' }, all.flatMap((each, i) => [i ? ' ' : '', code(each)]));
}

function answers(operation) {
  return Object.entries(operation.responses).map(([status, given]) => {
    const its = resolve(given);
    const good = status < 400;
    const fields = Object.keys(its.headers ?? {}).flatMap((name, i) => [i ? ', ' : '', code(name)]);
    return el('details', good && status === '200' ? { open: '' } : null,
      el('summary', null, el('b', { class: good ? 'good' : 'bad' }, status), ' ', said({ ...its, description: sentence(its) }, 'description')),
      codes(its), content(its.content), fields.length ? el('p', { class: 'small' }, `${words().headers}: `, fields) : '');
  });
}

function example(path, method, schema) {
  const body = resolve(schema)?.example;
  if (!body) return '';
  const text = JSON.stringify({ ...body, model }, null, 2).replaceAll("'", "'\\''");
  const line = `curl -N ${location.origin}${path} \\\n  -H "Authorization: Bearer $OPENAI_API_KEY" \\\n  -H "Content-Type: application/json" \\\n  -d '${text.replaceAll('\n', '\n  ')}'`;
  return el('div', null, el('h4', null, words().example), el('pre', { dir: 'ltr', tabindex: 0 }, el('code', null, line)));
}

function operation(path, method, its) {
  const t = words();
  const schema = its.requestBody?.content?.['application/json']?.schema;
  const open = (its.security ?? api.security).some((one) => Object.keys(one).length === 0) || its.security?.length === 0;
  return el('article', { id: its.operationId },
    el('h3', null, el('span', { class: 'method', 'data-method': method, dir: 'ltr' }, method.toUpperCase()), ' ', code(path)),
    el('p', null, said(its, 'summary'), open ? el('span', { class: 'open' }, t.noKey) : ''),
    its.description ? el('p', { class: 'small' }, said(its, 'description')) : '',
    parameters(its),
    schema ? [el('h4', null, t.body), shape(schema), example(path, method, schema)] : '',
    el('h4', null, t.answers), answers(its));
}

function operations(tag) {
  return Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).filter(([, its]) => its.tags.includes(tag)).map(([method, its]) => [path, method, its]));
}

function show() {
  const t = words();
  document.title = `${t.title} · Tayyar`;
  document.getElementById('to-guide').textContent = t.guide;
  document.getElementById('to-guide').href = `/docs/streaming/${root.lang === 'ar' ? 'ar' : 'en'}`;
  document.getElementById('tools').setAttribute('aria-label', t.tools);
  const other = document.getElementById('language');
  other.textContent = t.other;
  other.lang = root.lang === 'ar' ? 'en' : 'ar';
  if (api === null) return;
  const schemes = Object.values(api.components.securitySchemes).map((scheme, i) => [
    i ? ` ${t.or} ` : '', code(scheme.type === 'http' ? 'Authorization: Bearer sk-...' : `${scheme.name}: sk-...`)]);
  const schemas = Object.entries(api.components.schemas).map(([name, schema]) =>
    el('article', { id: name }, el('h3', null, code(name)), schema.description ? el('p', null, said(schema, 'description')) : '',
      inner(schema).length ? inner(schema).map(members) : el('p', null, kind(schema)),
      schema.oneOf && inner(schema).length ? el('p', { class: 'small' }, `${t.oneOf} ${inner(schema).length}`) : ''));
  document.getElementById('api').replaceChildren(
    el('h1', null, t.title), el('p', { class: 'lead' }, said(api.info, 'description')),
    el('p', null, `${t.at}: `, code(location.origin), ' · ', el('a', { href: '/openapi.json' }, t.document)),
    el('p', null, `${t.key} `, schemes.flat(), '.'),
    ...api.tags.map((tag) => el('section', { id: `tag-${tag.name}` }, el('h2', null, said(tag, 'description')),
      operations(tag.name).map((each) => operation(...each)))),
    el('section', { id: 'schemas' }, el('h2', null, t.schemas), schemas));
  const contents = document.getElementById('contents');
  contents.setAttribute('aria-label', t.contents);
  contents.replaceChildren(el('ol', null, api.tags.map((tag) =>
    el('li', null, el('a', { href: `#tag-${tag.name}` }, said(tag, 'description')),
      el('ol', null, operations(tag.name).map(([path, method, its]) => el('li', null,
        el('a', { href: `#${its.operationId}`, dir: 'ltr' }, code(`${method.toUpperCase()} ${path}`))))))),
    el('li', null, el('a', { href: '#schemas' }, t.schemas))));
}

document.getElementById('language').addEventListener('click', () => {
  root.lang = root.lang === 'ar' ? 'en' : 'ar';
  root.dir = root.lang === 'ar' ? 'rtl' : 'ltr';
  remember('language', root.lang);
  show();
});

show();
try {
  const response = await fetch('/openapi.json');
  if (!response.ok) throw new Error(String(response.status));
  api = await response.json();
  const models = await fetch('/v1/models?modality=chat').then((answer) => answer.json()).catch(() => ({}));
  model = models.data?.[0]?.id ?? model;
  show();
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
} catch (error) {
  document.getElementById('api').replaceChildren(el('p', { class: 'trouble' }, words().trouble + error.message));
}
