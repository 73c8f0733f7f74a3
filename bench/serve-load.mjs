// Keeps a running server busy and tells tokens a second: node bench/serve-load.mjs http://127.0.0.1:8000/v1 [concurrent=64] [seconds=60] [tokens=128]
import { Agent, request } from 'node:http';

const [url, concurrent = 64, seconds = 60, tokens = 128] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const agent = new Agent({ keepAlive: true, maxSockets: concurrent });
const prompt = Array.from({ length: 32 }, (_, i) => 10 + i);
const end = performance.now() + seconds * 1000;
const faults = {};
const first = [];
let sampled = 0;
let answers = 0;

// As little as a client can do, since it may share the server's cores.
function ask(body, seen) {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent, headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) } };
    const sent = request(`${url}/completions`, options, response => {
      const pieces = [];
      response.on('data', piece => pieces.push(piece) === 1 && seen());
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString();
        if (response.statusCode !== 200)
          reject(new Error(`${response.statusCode} ${text}`));
        else if (!text.endsWith('data: [DONE]\n\n'))
          reject(new Error('the stream broke off'));
        else
          resolve(Number(/"completion_tokens":(\d+)/.exec(text)[1]));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function keepAsking(worker) {
  for (let turn = 0; performance.now() < end; turn++) {
    const began = performance.now();
    const body = JSON.stringify({ prompt, max_tokens: tokens, ignore_eos: true, stream: true, stream_options: { include_usage: true }, seed: worker * 100003 + turn });
    try {
      const count = await ask(body, () => first.push(performance.now() - began));
      sampled += count;
      answers++;
    } catch (fault) {
      faults[fault.message] = (faults[fault.message] ?? 0) + 1;
    }
  }
}

const began = performance.now();
await Promise.all(Array.from({ length: concurrent }, (_, worker) => keepAsking(worker)));
const took = (performance.now() - began) / 1000;
agent.destroy();
first.sort((a, b) => a - b);
console.log(JSON.stringify({
  concurrent,
  seconds: +took.toFixed(1),
  answers,
  failed: Object.values(faults).reduce((sum, count) => sum + count, 0),
  faults,
  tokens_per_s: +(sampled / took).toFixed(1),
  first_token_ms: { median: +first[first.length >> 1]?.toFixed(1), p95: +first[Math.floor(first.length * 0.95)]?.toFixed(1) },
}));
