// Drives a server with OpenAI's own client: node client.mjs BASE_URL. Ends with an error at the first thing that is not as OpenAI's documentation has it.
import assert from 'node:assert/strict';
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: process.argv[2], apiKey: 'secret-key', maxRetries: 0 });
const model = 'scripted';
const ask = (content, more = {}) => ({ model, messages: [{ role: 'user', content }], ...more });
const weather = {
  type: 'function',
  function: { name: 'weather', description: 'Tells the weather.', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
};

const scenarios = {
  async models() {
    const list = await client.models.list();
    assert.deepEqual(list.data.map((entry) => entry.id), [model]);
    assert.equal((await client.models.retrieve(model)).id, model);
  },

  async chat() {
    const answer = await client.chat.completions.create(ask('say hello'));
    assert.equal(answer.choices[0].message.content, 'Hello, world');
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
  },

  async stream() {
    let text = '';
    let usage = null;
    const stream = await client.chat.completions.create(ask('say hello', { stream: true, stream_options: { include_usage: true } }));
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? '';
      usage = chunk.usage ?? usage;
    }
    assert.equal(text, 'Hello, world');
    assert.ok(usage.completion_tokens > 0);
  },

  async streamHelper() {
    const stream = client.chat.completions.stream(ask('say hello', { n: 2 }));
    const final = await stream.finalChatCompletion();
    assert.deepEqual(final.choices.map((choice) => choice.message.content), ['Hello, world', 'Hello, world']);
  },

  async abort() {
    const stream = await client.chat.completions.create(ask('say hello', { stream: true }));
    for await (const chunk of stream) {
      assert.ok(chunk.choices.length > 0);
      break;
    }
  },

  async stop() {
    const answer = await client.chat.completions.create(ask('say hello', { stop: [', '] }));
    assert.equal(answer.choices[0].message.content, 'Hello');
  },

  async logprobs() {
    const answer = await client.chat.completions.create(ask('say hello', { logprobs: true, top_logprobs: 3, max_tokens: 4 }));
    assert.equal(answer.choices[0].finish_reason, 'length');
    assert.equal(answer.choices[0].logprobs.content.map((token) => token.token).join(''), 'Hell');
    assert.equal(answer.choices[0].logprobs.content[0].top_logprobs.length, 3);
    assert.deepEqual(answer.choices[0].logprobs.content[0].bytes, [72]);
  },

  async tools() {
    const first = ask('what is the weather', { tools: [weather] });
    const call = await client.chat.completions.create(first);
    assert.equal(call.choices[0].finish_reason, 'tool_calls');
    const asked = call.choices[0].message.tool_calls[0];
    assert.deepEqual(JSON.parse(asked.function.arguments), { city: 'Rome' });
    const messages = [...first.messages, call.choices[0].message, { role: 'tool', tool_call_id: asked.id, content: 'sunny' }];
    const answer = await client.chat.completions.create({ ...first, messages });
    assert.equal(answer.choices[0].message.content, 'It is sunny.');
  },

  async streamedTools() {
    const stream = client.chat.completions.stream(ask('what is the weather', { tools: [weather] }));
    const final = await stream.finalChatCompletion();
    assert.deepEqual(JSON.parse(final.choices[0].message.tool_calls[0].function.arguments), { city: 'Rome' });
  },

  async forcedTools() {
    const answer = await client.chat.completions.create(ask('say json', { tools: [weather], tool_choice: { type: 'function', function: { name: 'weather' } } }));
    assert.deepEqual(JSON.parse(answer.choices[0].message.tool_calls[0].function.arguments), { city: 'Oslo' });
  },

  async schema() {
    const format = { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false } } };
    const answer = await client.chat.completions.parse(ask('say json', { response_format: format }));
    assert.deepEqual(answer.choices[0].message.parsed ?? JSON.parse(answer.choices[0].message.content), { city: 'Oslo' });
  },

  async completions() {
    const answer = await client.completions.create({ model, prompt: ['say hello', 'say hello'], max_tokens: 5 });
    assert.deepEqual(answer.choices.map((choice) => choice.text), ['Hello', 'Hello']);
    let text = '';
    for await (const chunk of await client.completions.create({ model, prompt: 'say hello', stream: true }))
      text += chunk.choices[0].text;
    assert.equal(text, 'Hello, world');
  },

  async errors() {
    await assert.rejects(client.chat.completions.create(ask('say hello', { temperature: 9 })), (error) => error instanceof OpenAI.BadRequestError && error.param === 'temperature');
    await assert.rejects(client.chat.completions.create({ ...ask('say hello'), model: 'other' }), (error) => error instanceof OpenAI.NotFoundError && error.code === 'model_not_found');
    await assert.rejects(client.chat.completions.create(ask('be too busy')), OpenAI.RateLimitError);
    await assert.rejects(client.chat.completions.create(ask('fail', { stream: true })), OpenAI.InternalServerError);
    await assert.rejects(client.chat.completions.create(ask('x'.repeat(5000))), (error) => error.status === 400 && error.code === 'context_length_exceeded');
    const stranger = new OpenAI({ baseURL: process.argv[2], apiKey: 'wrong', maxRetries: 0 });
    await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
  },
};

for (const [name, run] of Object.entries(scenarios)) {
  try {
    await run();
    console.log(`ok ${name}`);
  } catch (error) {
    console.log(`FAILED ${name}: ${error.stack}`);
    process.exitCode = 1;
  }
}
