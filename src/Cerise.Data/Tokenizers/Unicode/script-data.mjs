// Writes script-data.txt from the Unicode Character Database that ships with Node.js.
//   node script-data.mjs > script-data.txt
// The framework knows categories but not scripts, hence this table. A line is FIRST-LAST SCRIPT (hexadecimal code points); what no line holds is unassigned.
const names = `
  Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid
  Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot Cypro_Minoan Cyrillic Deseret Devanagari
  Dives_Akuru Dogra Duployan Egyptian_Hieroglyphs Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi Gurmukhi Han
  Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic Inherited Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada
  Katakana Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani
  Makasar Malayalam Mandaic Manichaean Marchen Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi
  Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari New_Tai_Lue Newa Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian
  Old_Italic Old_North_Arabian Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage Osmanya Pahawh_Hmong Palmyrene
  Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sogdian Sora_Sompeng
  Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta
  Toto Ugaritic Vai Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square`.trim().split(/\s+/);
const of = new Array(0x110000).fill('');
for (const name of names) {
  const pattern = new RegExp(`^\\p{Script=${name}}$`, 'u');
  for (let c = 0; c < 0x110000; c++)
    if (!(c >= 0xd800 && c < 0xe000) && of[c] === '' && pattern.test(String.fromCodePoint(c))) of[c] = name;
}
const hex = c => c.toString(16).toUpperCase();
console.log(`# Unicode ${process.versions.unicode}, written by script-data.mjs`);
for (let c = 1, first = 0; c <= 0x110000; c++)
  if (c === 0x110000 || of[c] !== of[first]) {
    if (of[first]) console.log(`${hex(first)}-${hex(c - 1)} ${of[first]}`);
    first = c;
  }
