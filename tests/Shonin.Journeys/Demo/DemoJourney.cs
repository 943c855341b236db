using System.Diagnostics;
using System.Text;

namespace Shonin.Journeys.Demo;

/// <summary>The command that a newcomer types first.</summary>
public sealed class DemoJourney
{
    [Fact]
    public async Task The_demo_plays_its_four_orders_and_every_promise_holds()
    {
        var folder = Directory.CreateTempSubdirectory("shonin-demo-journey-");
        try
        {
            var (exitCode, said) = await RunAsync("demo", "--exit", "--data", folder.FullName, "--port", "0");

            Assert.True(exitCode == 0, said);
            Assert.Contains("Every promise held", said, StringComparison.Ordinal);
            Assert.Contains("it has no trace of a decline because there was none", said, StringComparison.Ordinal);
            Assert.Contains("The card company approved our first request. Its answer never reached us.", said, StringComparison.Ordinal);
            Assert.Matches("Approval:AnswerTimeout 00:00:[0-9]{2}, ", said);
            Assert.Equal(0, (await RunAsync("log", "verify", "--data", folder.FullName)).ExitCode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Said)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "shonin"), arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                StandardOutputEncoding = Encoding.UTF8,
            }
        )!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
