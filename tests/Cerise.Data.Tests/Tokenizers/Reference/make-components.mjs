// Writes components.json: what Hugging Face's own tokenizers gives for each kind of normalizer, pre-tokenizer, post-processor, decoder and added token.
//   npm install tokenizers@0.23.2 && node make-components.mjs > components.json
// A case is a tokenizer.json without what it shares with its base ("bytes" or "pieces"); ids are encode(text) with special tokens, offsets their
// ranges in UTF-16 units, flat, decoded is decode(ids).
import { createRequire } from 'node:module';
const { Tokenizer } = createRequire(import.meta.url)('tokenizers');

const printable = [...Array(256).keys()].filter(b => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174);
const byteChars = [];
for (let b = 0, next = 256; b < 256; b++) byteChars[b] = printable.includes(b) ? String.fromCharCode(b) : String.fromCharCode(next++);
const vocabOf = tokens => Object.fromEntries([...new Set(tokens)].map((t, i) => [t, i]));
const result = ([a, b]) => a + b;
const byteMerges = ['Ġ t', 'h e', 'Ġt he', 'i n', 'Ġ Ġ', 'ĠĠ ĠĠ', 'e l', 'l o', 'el lo', 'h ello', 'Ġ hello', '1 2', '12 3', '- 1', "' s", "' S", 'Ċ Ċ', 'č Ċ',
  'Ã ©', 'Ð ¿', 'ð Ł', 'ðŁ ĺ', 'ðŁĺ Ģ', 'a b', '! !', 'Ġ !', 'd on', 'o n', '. Ċ', 'Ġ 1', 'Å ¿', "' Å¿", 'Ġ Â', 'w or', 'o r', 'or d'].map(m => m.split(' '));
const token = (id, content, flags = {}) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: false, ...flags });
const bytesVocab = vocabOf([...byteChars, ...byteMerges.map(result)]);
const n = Object.keys(bytesVocab).length;
const bytes = {
  added_tokens: [token(n, '<s>', { special: true }), token(n + 1, '</s>', { special: true, lstrip: true }), token(n + 2, '<pad>', { special: true, rstrip: true }),
    token(n + 3, '<TOOL>', { normalized: true }), token(n + 4, 'zq', { single_word: true }), token(n + 5, '<sp>ecial'), token(n + 6, '<sp>')],
  normalizer: null, pre_tokenizer: null, post_processor: null,
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  model: { type: 'BPE', dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: false, byte_fallback: false,
    ignore_merges: false, vocab: bytesVocab, merges: byteMerges },
};
const pieceMerges = ['▁ t', 'h e', '▁t he', 'l l', 'e ll', 'o n', '▁ ▁', 'i n', 'h ell', 'hell o', '▁ hello', '▁ a'].map(m => m.split(' '));
const hex = b => `<0x${b.toString(16).toUpperCase().padStart(2, '0')}>`;
const piecesVocab = vocabOf(['<unk>', '<s>', '</s>', ...[...Array(256).keys()].map(hex), '▁', ..."abcdefghilmnoprstuwTH'.,!<>/é", ...pieceMerges.map(result)]);
const m = Object.keys(piecesVocab).length;
const pieces = {
  added_tokens: [token(0, '<unk>', { special: true }), token(1, '<s>', { special: true }), token(2, '</s>', { special: true }), token(m, '<TOOL>', { rstrip: true, lstrip: true })],
  normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, { type: 'Replace', pattern: { String: ' ' }, content: '▁' }] },
  pre_tokenizer: null,
  post_processor: { type: 'TemplateProcessing', single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
    special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] }, '</s>': { id: '</s>', ids: [2], tokens: ['</s>'] } } },
  decoder: { type: 'Sequence', decoders: [{ type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }, { type: 'Strip', content: ' ', start: 1, stop: 0 }] },
  model: { type: 'BPE', dropout: null, unk_token: '<unk>', continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: true, byte_fallback: true, ignore_merges: false,
    vocab: piecesVocab, merges: pieceMerges },
};

const texts = ['', ' ', 'hello the  world!!', "don't 'S 'ſ I'S", '  the    end \n\n \r\n x.\n\n', '<s>hello <pad>  the</s> zq zqx <TOOL>the  </s>', '123456 -12 ½٣Ⅷ',
  'é e\u0301 \uAC01 ﬁ İ ÀB', '😀😀 𝐀𝐁𝟎 𠀀中文 ⓐ🅰', '\u0000\u0085\u2028\u3000\u200B|', '<sp>ecial<sp> the,the ab', 'hello▁the ▁'];
const split = (pattern, behavior = 'Isolated', invert = false) => ({ type: 'Split', pattern, behavior, invert });
const regex = (r, ...rest) => split({ Regex: r }, ...rest);
const last = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false };
const sequence = (...pretokenizers) => ({ pre_tokenizer: { type: 'Sequence', pretokenizers } });
const byteLevel = (add_prefix_space, use_regex) => ({ type: 'ByteLevel', add_prefix_space, trim_offsets: true, use_regex });
const qwen2 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const metaspace = (prepend_scheme, s) => ({ type: 'Metaspace', replacement: '▁', prepend_scheme, split: s });

const cases = {
  'gpt2 pattern': ['bytes', { pre_tokenizer: byteLevel(false, true) }],
  'gpt2 pattern after a space': ['bytes', { pre_tokenizer: byteLevel(true, true) }],
  'qwen2 pattern': ['bytes', sequence(regex(qwen2), last)],
  'qwen2 pattern in a group': ['bytes', sequence(regex(`(?:${qwen2})`), last)],
  'llama3 pattern': ['bytes', sequence(regex(qwen2.replace('|\\p{N}|', '|\\p{N}{1,3}|')), last)],
  'possessive pattern': ['bytes', sequence(regex("(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+"), last)],
  'pattern by letter case': ['bytes', sequence(regex("[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s+"), last)],
  'three splits': ['bytes', sequence(regex('\\p{N}{1,3}'), regex('[一-龥぀-ゟ゠-ヿ]+'), regex("[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s+"), last)],
  'Han, words, hexadecimal, posix': ['bytes', sequence(regex('\\p{Han}+|\\w+|[[:punct:]]|\\p{^L}\\h|^.|(?m:t.)'), last)],
  'digits one by one': ['bytes', sequence({ type: 'Digits', individual_digits: true }, last)],
  'digits in runs': ['bytes', sequence({ type: 'Digits', individual_digits: false }, last)],
  'whitespace': ['bytes', sequence({ type: 'Whitespace' }, last)],
  'whitespace split': ['bytes', sequence({ type: 'WhitespaceSplit' }, last)],
  'punctuation contiguous': ['bytes', sequence({ type: 'Punctuation', behavior: 'Contiguous' }, last)],
  'bert': ['bytes', sequence({ type: 'BertPreTokenizer' }, last)],
  'split by text': ['bytes', sequence(split({ String: 'the' }, 'MergedWithPrevious'), last)],
  'bytes before a split': ['bytes', sequence(byteLevel(false, false), split({ String: 'Ġ' }, 'MergedWithNext'))],
  'NFC': ['bytes', { normalizer: { type: 'NFC' }, pre_tokenizer: last }],
  'NFD, no accents': ['bytes', { normalizer: { type: 'Sequence', normalizers: [{ type: 'NFD' }, { type: 'StripAccents' }] }, pre_tokenizer: last }],
  'NFKC, lower case': ['bytes', { normalizer: { type: 'Sequence', normalizers: [{ type: 'NFKC' }, { type: 'Lowercase' }] }, pre_tokenizer: last }],
  'NFKD': ['bytes', { normalizer: { type: 'NFKD' }, pre_tokenizer: last }],
  'strip': ['bytes', { normalizer: { type: 'Strip', strip_left: true, strip_right: true }, pre_tokenizer: last }],
  'replace by pattern': ['bytes', { normalizer: { type: 'Replace', pattern: { Regex: '\\d+|\\s{2,}' }, content: '#' }, pre_tokenizer: last }],
  'bytes as normalizer': ['bytes', { normalizer: { type: 'ByteLevel' } }],
  'ignore merges': ['bytes', { ...sequence(regex(qwen2), last), model: { ignore_merges: true, merges: byteMerges.slice(0, 3) } }],
  'cls and sep': ['bytes', { pre_tokenizer: last, post_processor: { type: 'RobertaProcessing', sep: ['</s>', n + 1], cls: ['<s>', n], trim_offsets: false, add_prefix_space: false } }],
  'sentencepiece': ['pieces', {}],
  'sentencepiece, unknown in runs': ['pieces', { model: { byte_fallback: false } }],
  'sentencepiece, unknown one by one': ['pieces', { model: { byte_fallback: false, fuse_unk: false } }],
  'sentencepiece, unknown dropped': ['pieces', { model: { byte_fallback: false, unk_token: null } }],
  'metaspace always': ['pieces', { normalizer: null, pre_tokenizer: metaspace('always', true), decoder: metaspace('always', true) }],
  'metaspace first': ['pieces', { normalizer: null, pre_tokenizer: metaspace('first', false), decoder: metaspace('first', false) }],
  'metaspace never': ['pieces', { normalizer: null, pre_tokenizer: metaspace('never', true), decoder: metaspace('never', true) }],
  'no decoder': ['pieces', { decoder: null }],
};
const o200k = ["[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?", '\\p{N}{1,3}', ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*',
  '\\s*[\\r\\n]+', '\\s+(?!\\S)', '\\s+'];
const deepseek = ['\\p{N}{1,3}', '[一-龥\u3040-ゟ゠-ヿ]+',
  "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"];
const wordpiece = { normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true }, pre_tokenizer: { type: 'BertPreTokenizer' } };
// A double-array trie with one rule for each entry, and the table of what they become, as SentencePiece writes them.
function charsmap(rules) {
  const root = { next: new Map(), value: -1 }, units = [], used = new Set([0]);
  let table = Buffer.alloc(0);
  for (const [from, to] of Object.entries(rules)) {
    let node = root;
    for (const b of Buffer.from(from)) {
      if (!node.next.has(b)) node.next.set(b, { next: new Map(), value: -1 });
      node = node.next.get(b);
    }
    node.value = table.length;
    table = Buffer.concat([table, Buffer.from(to), Buffer.from([0])]);
  }
  const place = (node, at) => {
    const labels = [...node.next.keys(), ...(node.value >= 0 ? [0] : [])];
    if (labels.length === 0) return;
    let offset = 1;
    while (labels.some(label => used.has(at ^ offset ^ label))) offset++;
    labels.forEach(label => used.add(at ^ offset ^ label));
    units[at] = ((units[at] ?? 0) | (offset << 10) | (node.value >= 0 ? 0x100 : 0)) >>> 0;
    if (node.value >= 0) units[at ^ offset] = (0x80000000 | node.value) >>> 0;
    for (const label of node.next.keys()) units[at ^ offset ^ label] = label;
    for (const [label, child] of node.next) place(child, at ^ offset ^ label);
  };
  place(root, 0);
  const size = Math.ceil(units.length / 256) * 256, head = Buffer.alloc(4 + 4 * size);
  head.writeUInt32LE(4 * size);
  units.forEach((unit, i) => head.writeUInt32LE(unit, 4 + 4 * i));
  return Buffer.concat([head, table]).toString('base64');
}
Object.assign(cases, {
  'o200k pattern': ['bytes', sequence(regex(o200k.join('|')), last)],
  'tekken pattern': ['bytes', sequence(regex(o200k.join('|').replaceAll("(?i:'s|'t|'re|'ve|'m|'ll|'d)?", '').replace('{1,3}', '')), last)],
  'DeepSeek patterns': ['bytes', sequence(...deepseek.map(pattern => regex(pattern)), last)],
  'interval with a plus, set in a set': ['bytes', sequence(regex('\\p{N}{1,3}+| ?[^(\\s|[.,!?])]+|\\s+'), last)],
  'digits and GPT-2': ['bytes', sequence({ type: 'Digits', individual_digits: true }, byteLevel(false, true))],
  'scripts': ['bytes', sequence({ type: 'UnicodeScripts' }, last)],
  'fixed length': ['bytes', sequence({ type: 'FixedLength', length: 3 }, last)],
  'character delimiter': ['bytes', sequence({ type: 'CharDelimiterSplit', delimiter: 'e' }, last)],
  'Nmt': ['bytes', { normalizer: { type: 'Nmt' }, pre_tokenizer: last }],
  'BERT cleaning': ['bytes', { normalizer: { ...wordpiece.normalizer, strip_accents: false, lowercase: false }, pre_tokenizer: last }],
  'BERT cleaning without accents': ['bytes', { normalizer: wordpiece.normalizer, pre_tokenizer: last }],
  'precompiled': ['bytes', { normalizer: { type: 'Precompiled', precompiled_charsmap: charsmap({ 'ﬁ': 'fi', '\u3000': ' ', 'é': 'E', 'e\u0301': 'E', 'İ': '', '😀': ':)', '\u2028': '\n', 'A': 'a', '½': '1/2' }) }, pre_tokenizer: last }],
  'unigram': ['unigram', {}],
  'unigram, no bytes': ['unigram', { model: { byte_fallback: false } }],
  'unigram, whole text': ['unigram', { pre_tokenizer: null }],
  'wordpiece': ['words', wordpiece],
  'wordpiece, clean': ['words', { ...wordpiece, decoder: { type: 'WordPiece', prefix: '##', cleanup: true } }],
  'wordpiece, short words': ['words', { ...wordpiece, model: { max_input_chars_per_word: 4 } }],
  'word level': ['words', { model: { type: 'WordLevel', continuing_subword_prefix: null, max_input_chars_per_word: null } }],
  'CTC': ['words', { decoder: { type: 'CTC', pad_token: 'the', word_delimiter_token: ',', cleanup: true } }],
  'end of word': ['words', { added_tokens: [token(0, '[UNK]', { special: true })], model: { type: 'BPE', vocab: vocabOf(['[UNK]', 'h', 'e', 'l', 'o', 't', 'e</w>', 'o</w>', 'he</w>', 'the</w>', 'll', 'he']), merges: [['h', 'e</w>'], ['t', 'he</w>'], ['l', 'l'], ['h', 'e']], end_of_word_suffix: '</w>', continuing_subword_prefix: null, max_input_chars_per_word: null },
    decoder: { type: 'BPEDecoder', suffix: '</w>' } }],
  'continuing prefix': ['words', { added_tokens: [token(0, '[UNK]', { special: true })], model: { type: 'BPE', vocab: vocabOf(['[UNK]', 'h', '##e', '##l', '##o', 't', '##h', '##he', 'the', 'he', '##ll']), merges: [['##h', '##e'], ['t', '##he'], ['h', '##e'], ['##l', '##l']], continuing_subword_prefix: '##', max_input_chars_per_word: null } }],
});
for (const behavior of ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'])
  for (const invert of [false, true])
    cases[`split ${behavior}${invert ? ' inverted' : ''}`] = ['bytes', sequence(regex('[eo ]|\\p{N}', behavior, invert), last)];

const piecesList = [['<unk>', 0], ['<s>', 0], ['</s>', 0], ...[...Array(256).keys()].map(b => [hex(b), 0]), ['▁', -3], ['▁the', -4], ['▁hello', -5], ['he', -5.5], ['llo', -6], ['hello', -9], ['▁t', -6.5],
  ..."abdehlnoprtwé!".split('').map((c, i) => [c, -7 - i / 8]), ['12', -8], ['123', -9.5], ['1', -8.5], ['▁▁', -5], ['12345', -30], ['中文', -11], ['world', -9]];
const unigram = { ...pieces, pre_tokenizer: metaspace('always', true), normalizer: null, decoder: { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, metaspace('always', true)] },
  added_tokens: [...pieces.added_tokens.slice(0, 3), token(piecesList.length, '<TOOL>', { rstrip: true, lstrip: true })],
  model: { type: 'Unigram', unk_id: 0, vocab: piecesList, byte_fallback: true } };
const wordList = vocabOf(['[UNK]', 'the', 'hello', 'he', '##llo', 'w', '##or', '##ld', '##l', '##d', 'don', "'", 't', 's', '!', '.', 'end', 'x', '中', '文', 'e', '##e', ',', '-', '12', '##3', '##4', 'ab', 'i', '##s', 'a', '##b', '<', '>']);
const words = { added_tokens: [token(0, '[UNK]', { special: true }), token(Object.keys(wordList).length, '<s>', { special: true }), token(Object.keys(wordList).length + 1, 'zq', { single_word: true })],
  normalizer: null, pre_tokenizer: { type: 'Whitespace' }, post_processor: null, decoder: { type: 'WordPiece', prefix: '##', cleanup: false },
  model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100, vocab: wordList } };
const bases = { bytes, pieces, unigram, words };
const out = { bases, texts, cases: [] };
for (const [name, [base, parts]] of Object.entries(cases)) {
  const file = { version: '1.0', truncation: null, padding: null, ...bases[base], ...parts, model: { ...bases[base].model, ...parts.model } };
  const tokenizer = Tokenizer.fromString(JSON.stringify(file));
  const ids = [], offsets = [], decoded = [];
  for (const text of texts) {
    const encoding = await tokenizer.encode(text), found = encoding.getIds();
    const units = [0];
    for (const c of text) units.push(units[units.length - 1] + c.length);
    ids.push(found);
    offsets.push(encoding.getOffsets().flatMap(range => range.map(at => units[at])));
    decoded.push(await tokenizer.decode(found, false));
  }
  out.cases.push({ name, base, parts, ids, offsets, decoded });
}
const lines = out.cases.map(c => JSON.stringify(c)).join(',\n');
console.log(`{"bases":${JSON.stringify(bases)},\n"texts":${JSON.stringify(texts)},\n"cases":[\n${lines}\n]}`);
