using System.Text.Json;

namespace Cerise.Cli.Tests.Verbs;

public sealed class BenchVerbTests
{
    [Fact]
    public void A_product_is_measured_with_one_thread_and_with_all()
    {
        JsonElement[] rows = Cli.Succeed("bench", "--what", "gemm", "--repeat", "1", "--threads", "2").Rows;
        Assert.Equal([1, 2], rows.Select(row => row.GetProperty("threads").GetInt32()));
        foreach (JsonElement row in rows)
        {
            Assert.Equal("gemm", row.GetProperty("what").GetString());
            Assert.Equal(JsonValueKind.Null, row.GetProperty("tokens_per_s").ValueKind);
            Assert.Equal(2.147483648 / row.GetProperty("seconds").GetDouble(), row.GetProperty("gflops").GetDouble(), 1e-6);
            Assert.True(row.GetProperty("peak_gflops").GetDouble() > 0 && row.GetProperty("memory_gb_per_s").GetDouble() > 0);
        }
    }

    [Fact]
    public void A_model_is_measured_in_training_and_scoring()
    {
        JsonElement[] rows = Cli.Succeed("bench", "--what", "train_step,score", "--config", "nano3m", "--repeat", "1").Rows;
        Assert.Equal(["score", "train_step"], rows.Select(row => row.GetProperty("what").GetString()));
        Assert.All(rows, row => Assert.Equal(4096, row.GetProperty("tokens").GetInt32()));
        double[] operations = [.. rows.Select(row => row.GetProperty("gflops").GetDouble() * row.GetProperty("seconds").GetDouble())];
        Assert.Equal(3, operations[1] / operations[0], 1e-6);
        Assert.All(rows, row =>
        {
            Assert.Contains(row.GetProperty("limit").GetString(), (string[])["flops", "bytes", "cached_bytes"]);
            Assert.True(row.GetProperty("share_of_limit").GetDouble() >= row.GetProperty("share_of_peak").GetDouble() - 1e-9);
            Assert.True(row.GetProperty("peak_rss_bytes").GetInt64() > 4 * row.GetProperty("parameters").GetInt64());
        });
    }

    [Fact]
    public void The_price_of_a_fixed_order_is_measured_in_pairs()
    {
        JsonElement[] rows = Cli.Succeed("bench", "--what", "fixed_order", "--repeat", "1", "--threads", "1").Rows;
        Assert.NotEmpty(rows);
        Assert.All(rows.Chunk(2), pair =>
        {
            Assert.Equal(["fixed", "free"], pair.Select(row => row.GetProperty("variant").GetString()));
            Assert.Equal(pair[0].GetProperty("config").GetString(), pair[1].GetProperty("config").GetString());
        });
    }

    [Fact]
    public void Kept_results_go_nowhere_without_a_repository() =>
        Assert.StartsWith("bench: --from takes kept results to --publish", Cli.Fail(ExitCodes.Misuse, "bench", "--from", "kept.jsonl"));

    [Fact]
    public void Unknown_names_are_misuse() =>
        Assert.StartsWith("bench: --config: unknown name 'nano'; did you mean 'nano3m'?", Cli.Fail(ExitCodes.Misuse, "bench", "--config", "nano"));

    [Fact]
    public void Weights_in_16_bits_are_measured_forward_alone()
    {
        JsonElement[] rows = Cli.Succeed("bench", "--what", "score,gemm", "--config", "nano3m", "--repeat", "1", "--threads", "1", "--dtype", "bf16").Rows;
        Assert.Equal([("gemm", "bfloat16"), ("score", "bfloat16")], rows.Select(row => (row.GetProperty("what").GetString(), row.GetProperty("dtype").GetString())));
        Assert.Equal(
            "bench: train_step needs float32 weights, --dtype is float16; that type is measured in decode, score, gemm.",
            Cli.Fail(ExitCodes.Misuse, "bench", "--what", "score,train_step", "--dtype", "float16").Trim());
        Assert.StartsWith("bench: --dtype is 'auto'; use float32, bfloat16, float16.", Cli.Fail(ExitCodes.Misuse, "bench", "--dtype", "auto"));
    }
}
