using System.IO.Compression;
using System.Text;
using Cerise.Data.Conversations;
using Cerise.Data.Datasets;
using Cerise.Data.Tests.Conversations;
using Cerise.Testing;

namespace Cerise.Data.Tests.Hostile;

/// <summary>Damaged files of rows in every format, read to their end and as conversations.</summary>
public sealed class DatasetMutationTests
{
    private static readonly string[] Conversations =
    [
        """{"messages":[{"role":"system","content":"S"},{"role":"user","content":"Q"},{"role":"assistant","content":"A","train":true},{"role":"user","content":[{"type":"text","text":"R"}]},{"role":"assistant","content":"B"}],"tools":[{"name":"f"}],"polarity":-1}""",
        """{"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":null,"tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"x","content":"R"},{"role":"assistant","content":"A"}],"chat_template_kwargs":{"x":1}}""",
        """{"system":"S","conversations":[{"from":"human","value":"Q"},{"from":"gpt","value":"A","weight":1}],"tools":"[]"}""",
        """{"instruction":"Add","input":"1 2","output":"3","system":"S","history":[["Hi","Hello"]]}""",
        """{"prompt":[{"role":"user","content":"Q"}],"chosen":[{"role":"assistant","content":"A"}],"rejected":[{"role":"assistant","content":"B"}]}""",
        """{"prompt":"Q","completion":"A"}""",
        """{"text":"T"}""",
    ];

    private const string Csv = "prompt,completion,n\n\"a, \"\"b\"\"\",c,1\nd,\"e\nf\",2.5\n,,\n'g',h,true\n";

    private static readonly Mutator Words = new("\"role\":", "\"content\":", "\"messages\":", "\"from\":", "\"value\":", "\"user\"", "\"assistant\"", "\"tool\"", "\"train\":", "\"text\":", "\",\"", "\"\"", "\n", "\t", ";", "\n\n", "{\"a\":1}\n");

    [Theory]
    [InlineData("rows.jsonl")]
    [InlineData("rows.json")]
    [InlineData("rows.csv")]
    [InlineData("rows.tsv")]
    public void Rows(string name)
    {
        byte[][] examples = name switch
        {
            "rows.jsonl" => [Encoding.UTF8.GetBytes(string.Join('\n', Conversations[..3]) + "\n"), Encoding.UTF8.GetBytes("\uFEFF" + string.Join("\r\n", Conversations[3..]))],
            "rows.json" => [Encoding.UTF8.GetBytes("[" + string.Join(",\n", Conversations[..3]) + "]"), Encoding.UTF8.GetBytes(" [" + string.Join(",", Conversations[3..]) + "]\n")],
            "rows.csv" => [Encoding.UTF8.GetBytes(Csv)],
            _ => [Encoding.UTF8.GetBytes(Csv.Replace(',', '\t'))],
        };
        using TemporaryFolder folder = TestPaths.NewFolder();
        New(name).Run(examples, 2500, bytes => ReadFile(folder.File(name), bytes));
    }

    [Fact]
    public void Compressed_rows()
    {
        byte[][] examples = [.. new[] { string.Join('\n', Conversations), "[" + string.Join(',', Conversations) + "]" }.Select(rows => Compressed(Encoding.UTF8.GetBytes(rows)))];
        using TemporaryFolder folder = TestPaths.NewFolder();
        new Mutations("rows.jsonl.gz", typeof(DatasetException)) { Mutator = new("\u001F\u008B", "\u0008", "\u00FF\u00FF"), StructuredShare = 0 }
            .Run(examples, 2500, bytes => ReadFile(folder.File("rows.jsonl.gz"), bytes));
    }

    [Fact]
    public void Rows_of_conversations()
    {
        var chat = new ChatTokenizer(ChatSamples.Small, ChatTemplate.ChatMl);
        var reader = new ConversationReader();
        New("conversation").Run([.. Conversations.Select(Encoding.UTF8.GetBytes)], 8000, bytes =>
        {
            var row = Row.Parse(bytes, "hostile.jsonl");
            if (reader.LayoutOf(row) == ConversationLayout.Preference)
            {
                PreferencePair pair = reader.ReadPair(row);
                chat.Encode(pair.Chosen);
                chat.Encode(pair.Rejected);
                return;
            }
            Conversation conversation = reader.Read(row);
            ChatExample example = chat.Encode(conversation);
            Assert.Equal(example.Tokens.Count, example.Trained.Count);
            chat.Prompt(conversation);
        });
    }

    private static Mutations New(string format) => new(format, typeof(DatasetException)) { Mutator = Words };

    private static void ReadFile(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        IReadOnlyList<Row> rows = DatasetReader.Open(path);
        using var open = rows as IDisposable;
        foreach (Row row in rows)
        {
            foreach (string column in row.Columns)
                _ = row[column].GetRawText();
            _ = ConversationReader.IsConversation(row);
        }
    }

    private static byte[] Compressed(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return output.ToArray();
    }
}
