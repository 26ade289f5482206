// One `tick` as a whole process against a Node script with native fetch that makes the same five
// calls, in turn, against a server in a process of its own. Prints medians and the ratio.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const self = fileURLToPath(import.meta.url);
const [role, ...args] = process.argv.slice(2);

const answers = {
  '/oauth/token': { access_token: 'token', token_type: 'Bearer', expires_in: 3600 },
  '/api/analytics/outbound/details/query': {
    response: [{ campaignId: 'c', totalCallsDialed: 100, totalCallsAnswered: 60, answerRate: 0.6 }],
    pageSize: 1, page: 1, totalElements: 1,
  },
  '/api/v2/agents': Array.from({ length: 40 }, (_, n) => ({ agentId: n, state: 'available' })),
};

function serve() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const body = answers[request.url.split('?')[0]] ?? {};
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
}

async function fiveCalls(base) {
  const json = { accept: 'application/json', 'content-type': 'application/json' };
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'id', client_secret: 'secret' });
  const post = (path, body, headers = json) => fetch(base + path, { method: 'POST', headers, body });
  const { access_token } = await (await post('/oauth/token', form, { accept: 'application/json' })).json();
  const headers = { ...json, authorization: `Bearer ${access_token}` };
  const [metrics, agents] = await Promise.all([
    post('/api/analytics/outbound/details/query', '{}', headers).then((r) => r.json()),
    fetch(`${base}/api/v2/agents?state=available`, { headers }).then((r) => r.json()),
  ]);
  const dialRate = Math.floor(agents.length * 0.85);
  const patch = { method: 'PATCH', headers: { ...headers, 'if-match': '*' }, body: JSON.stringify({ dialRate }) };
  await (await fetch(`${base}/api/v2/outbound/campaigns/c`, patch)).text();
  await (await post('/warehouse', JSON.stringify({ newDialRate: dialRate, metrics }))).text();
}

async function compare(binary, runs) {
  const server = spawn(process.execPath, [self, 'serve'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise((resolve) => server.stdout.once('data', (text) => resolve(Number(text))));
  const base = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), 'dialpace-bench-'));
  const env = {
    CXONE_SITE: base, CXONE_CLIENT_ID: 'id', CXONE_CLIENT_SECRET: 'secret', CAMPAIGN_ID: 'c',
    DW_ENDPOINT: `${base}/warehouse`,
  };
  const time = (command, args, options) => {
    const start = process.hrtime.bigint();
    const done = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
    if (done.status !== 0) throw new Error(`${command} ended with ${done.status}`);
    return Number(process.hrtime.bigint() - start) / 1e6;
  };
  const tick = (n) => time(binary, ['tick', '--state', join(folder, `${n}.json`)], { env });
  const node = () => time(process.execPath, [self, 'five-calls', base]);
  const [ours, theirs] = [[], []];
  tick('warm-up');
  node();
  for (let n = 0; n < runs; n += 1) {
    ours.push(tick(n));
    theirs.push(node());
  }
  server.kill();
  rmSync(folder, { recursive: true });
  const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
  const ratios = ours.map((ms, n) => ms / theirs[n]);
  console.log(`tick, cold, whole process   median ${median(ours).toFixed(1)} ms`);
  console.log(`five calls in Node ${process.versions.node}  median ${median(theirs).toFixed(1)} ms`);
  console.log(`ratio, pair by pair         median ${median(ratios).toFixed(3)} of ${runs}`);
}

if (role === 'serve') serve();
else if (role === 'five-calls') await fiveCalls(args[0]);
else await compare(role, Number(args[0]));
