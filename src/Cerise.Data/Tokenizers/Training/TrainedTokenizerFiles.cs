using System.Text.Encodings.Web;
using System.Text.Json;
using Cerise.Data.Tokenizers.Files;
using Cerise.Data.Tokenizers.PreTokenizers;

namespace Cerise.Data.Tokenizers.Training;

/// <summary>The two files of a trained tokenizer, as Hugging Face's libraries read and write them.</summary>
internal static class TrainedTokenizerFiles
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static SavedFiles Make(LearnedVocabulary vocabulary, BpeTrainerOptions options) =>
        new(Write(json => WriteTokenizer(json, vocabulary, options)), Write(json => WriteConfig(json, options)), "(trained tokenizer)");

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Readable))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }
        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    private static void WriteTokenizer(Utf8JsonWriter json, LearnedVocabulary vocabulary, BpeTrainerOptions options)
    {
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        for (int id = 0; id < options.SpecialTokens.Count; id++)
            WriteSpecialToken(json, id, options.SpecialTokens[id]);
        json.WriteEndArray();
        json.WriteNull("normalizer");
        WritePreTokenizer(json, options.PreTokenizer);
        WriteByteLevel(json, "post_processor", trimOffsets: false, useRegex: false);
        WriteByteLevel(json, "decoder", trimOffsets: true, useRegex: false);
        WriteModel(json, vocabulary);
    }

    private static void WriteSpecialToken(Utf8JsonWriter json, int id, string content)
    {
        json.WriteStartObject();
        json.WriteNumber("id", id);
        json.WriteString("content", content);
        json.WriteBoolean("single_word", false);
        json.WriteBoolean("lstrip", false);
        json.WriteBoolean("rstrip", false);
        json.WriteBoolean("normalized", false);
        json.WriteBoolean("special", true);
        json.WriteEndObject();
    }

    private static void WritePreTokenizer(Utf8JsonWriter json, BpePreTokenizer preTokenizer)
    {
        if (preTokenizer == BpePreTokenizer.Gpt2)
        {
            WriteByteLevel(json, "pre_tokenizer", trimOffsets: true, useRegex: true);
            return;
        }
        json.WriteStartObject("pre_tokenizer");
        json.WriteString("type", "Sequence");
        json.WriteStartArray("pretokenizers");
        json.WriteStartObject();
        json.WriteString("type", "Split");
        json.WriteStartObject("pattern");
        json.WriteString("Regex", Qwen2Scanner.Pattern);
        json.WriteEndObject();
        json.WriteString("behavior", "Isolated");
        json.WriteBoolean("invert", false);
        json.WriteEndObject();
        WriteByteLevel(json, name: null, trimOffsets: false, useRegex: false);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string? name, bool trimOffsets, bool useRegex)
    {
        if (name is null)
            json.WriteStartObject();
        else
            json.WriteStartObject(name);
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("trim_offsets", trimOffsets);
        json.WriteBoolean("use_regex", useRegex);
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, LearnedVocabulary vocabulary)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        json.WriteNull("dropout");
        json.WriteNull("unk_token");
        json.WriteNull("continuing_subword_prefix");
        json.WriteNull("end_of_word_suffix");
        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", false);
        json.WriteStartObject("vocab");
        for (int id = 0; id < vocabulary.Tokens.Count; id++)
            json.WriteNumber(vocabulary.Tokens[id], id);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach ((int left, int right) in vocabulary.Merges)
            json.WriteStringValue($"{vocabulary.Tokens[left]} {vocabulary.Tokens[right]}");      // byte-level tokens hold no spaces; every version reads this
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteConfig(Utf8JsonWriter json, BpeTrainerOptions options)
    {
        json.WriteBoolean("add_prefix_space", false);
        json.WriteString("bos_token", options.BosToken);
        json.WriteBoolean("clean_up_tokenization_spaces", false);
        json.WriteString("eos_token", options.EosToken);
        json.WriteString("pad_token", options.PadToken);
        json.WriteString("tokenizer_class", "PreTrainedTokenizerFast");
    }
}
