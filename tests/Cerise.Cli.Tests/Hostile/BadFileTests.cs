using System.Buffers.Binary;
using System.IO.Compression;
using Cerise.Testing;

namespace Cerise.Cli.Tests.Hostile;

/// <summary>Files made to hurt, given to the program: one line says what is wrong and where, and no memory is spent on them.</summary>
public sealed class BadFileTests(SmallModel model)
{
    private const long MostBytes = 400_000_000;

    private static readonly string Deep = string.Concat(Enumerable.Repeat("{\"a\":", 100_000));

    public static TheoryData<string, string, string> ModelFiles => new()
    {
        { "config.json", Deep, "not valid JSON" },
        { "config.json", """{"model_type":"llama","hidden_size":1000000000,"intermediate_size":1000000000,"num_hidden_layers":1000000000,"num_attention_heads":8,"vocab_size":1000000000,"max_position_embeddings":10}""", "config.json" },
        { "config.json", """{"model_type":"bert"}""", "known are" },
        { "generation_config.json", Deep, "not valid JSON" },
        { "tokenizer.json", Deep, "not valid JSON" },
        { "tokenizer_config.json", "[", "not valid JSON" },
        { "model.safetensors", "garbage", "too few for a safetensors file" },
        { "model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "asks for a header of" },
    };

    public static TheoryData<string, string> Templates => new()
    {
        { "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", "\"error\":" },
        { "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "\"error\":" },
        { "{{ 'x' * 999999999 }}", "\"error\":" },
        { "{% set ns = namespace(s='x' * 1000) %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}", "\"error\":" },
        { "{{ messages.__class__.__mro__ }}", "\"error\":" },
        { "{{ " + new string('(', 100_000), "cerise: " },
    };

    [Theory]
    [MemberData(nameof(ModelFiles), DisableDiscoveryEnumeration = true)]
    public void A_file_of_the_model(string name, string content, string expected)
    {
        using TemporaryFolder copy = model.CopyModel();
        File.WriteAllText(copy.File(name), content);
        Assert.Contains(expected, Refused(copy.Path, "generate", "--model", copy.Path, "--prompt", "a"), StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_beyond_the_weights_file()
    {
        using TemporaryFolder copy = model.CopyModel();
        foreach (ulong length in new[] { 1UL << 63, 1UL << 40, ulong.MaxValue, 99_999_999UL })
        {
            byte[] file = new byte[100];
            BinaryPrimitives.WriteUInt64LittleEndian(file, length);
            File.WriteAllBytes(copy.File("model.safetensors"), file);
            Assert.Contains("asks for a header of", Refused(copy.Path, "generate", "--model", copy.Path, "--prompt", "a"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer_config.json")]
    [InlineData("model.safetensors")]
    public void A_device_a_folder_and_a_circle_of_links_where_a_file_should_be(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "devices have no paths here");
        using TemporaryFolder copy = model.CopyModel();
        foreach (string target in new[] { "/dev/zero", copy.Path, copy.File(name) })
        {
            File.Delete(copy.File(name));
            File.CreateSymbolicLink(copy.File(name), target);
            if (name == "tokenizer_config.json" && target != "/dev/zero")
                continue;                                                  // what is no file there counts as not there, and the model has none
            Refused(copy.Path, "generate", "--model", copy.Path, "--prompt", "a");
        }
    }

    [Theory]
    [MemberData(nameof(Templates), DisableDiscoveryEnumeration = true)]
    public void A_template_that_does_not_end_grows_or_reaches_out(string source, string expected)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("t.jinja"), source);
        Cli.Outcome outcome = Cli.RunWithInput("{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}", "render", "--template", folder.File("t.jinja"), "--input", "-");
        // A row that cannot be rendered is an answer of its own, beside those that can.
        string answer = outcome.Output + outcome.Error;
        Assert.DoesNotContain("   at ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("internal error", answer, StringComparison.Ordinal);
        Assert.Contains(expected, answer, StringComparison.Ordinal);
        Assert.InRange(answer.Length, 0, 5000);
    }

    [Fact]
    public void Rows_that_unpack_without_end()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string file = folder.File("rows.jsonl.gz");
        using (var gzip = new GZipStream(File.Create(file), CompressionLevel.Fastest))
            for (int i = 0; i < 300; i++)
                gzip.Write(new byte[1 << 20]);
        Refused(file, "score", "--model", model.Model, "--input", file);
    }

    [Fact]
    public void A_recipe_that_repeats_itself()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string file = folder.File("r.yaml");
        File.WriteAllText(file, "a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a]\nstages: [*b]\n");
        Refused(file, "run", file, "--out", folder.File("run"));
    }

    [Fact]
    public void An_adapter_that_does_not_fit()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("adapter_config.json"), """{"peft_type":"LORA","r":60000,"target_modules":["nothing"]}""");
        Refused("", "generate", "--model", model.Model, "--adapter", folder.Path, "--prompt", "a");
    }

    /// <summary>The one line, which begins with the place.</summary>
    private static string Refused(string place, params string[] args)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Cli.Fail(ExitCodes.Failed, args);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        Assert.Contains(place, message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 20, 5000);
        return message;
    }
}
