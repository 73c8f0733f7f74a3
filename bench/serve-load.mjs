// Keeps a running server busy and tells tokens a second: node bench/serve-load.mjs http://127.0.0.1:8000/v1 [concurrent=64] [seconds=60] [tokens=128]
const [url, concurrent = 64, seconds = 60, tokens = 128] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const prompt = Array.from({ length: 32 }, (_, i) => 10 + i);
const end = performance.now() + seconds * 1000;
const faults = {};
const first = [];
let sampled = 0;
let answers = 0;

async function keepAsking(worker) {
  for (let turn = 0; performance.now() < end; turn++) {
    const began = performance.now();
    try {
      const response = await fetch(`${url}/completions`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ prompt, max_tokens: tokens, ignore_eos: true, stream: true, stream_options: { include_usage: true }, seed: worker * 100003 + turn }),
      });
      if (!response.ok)
        throw new Error(`${response.status} ${await response.text()}`);
      let text = '';
      let told = false;
      for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
        if (!told)
          first.push(performance.now() - began);
        told = true;
        text = (text + piece).slice(-2000);
      }
      if (!text.endsWith('data: [DONE]\n\n'))
        throw new Error('the stream broke off');
      sampled += Number(/"completion_tokens":(\d+)/.exec(text)[1]);
      answers++;
    } catch (fault) {
      faults[fault.message] = (faults[fault.message] ?? 0) + 1;
    }
  }
}

const began = performance.now();
await Promise.all(Array.from({ length: concurrent }, (_, worker) => keepAsking(worker)));
const took = (performance.now() - began) / 1000;
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
