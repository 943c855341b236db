using System.CommandLine;
using System.Globalization;

namespace Shonin.Verbs.Mail;

/// <summary><c>shonin mail batch</c>: a file of cases, a file of results, line by line in the same order.</summary>
internal static class MailBatchVerb
{
    /// <summary>A message of the largest size in base64, and its zone.</summary>
    private const int LineBytesMax = 96 * 1024 * 1024;

    /// <summary>
    /// Lines whose answers are still being worked out or written; more than cores, so that a long case holds up none of them.
    /// </summary>
    private static readonly int casesInFlightMax = 8 * Environment.ProcessorCount;

    private const long BytesInFlightMax = 256 * 1024 * 1024;

    private static readonly TimeSpan progressEvery = TimeSpan.FromSeconds(5);

    public static Command Command(VerbContext context)
    {
        var cases = new Option<string>("--cases")
        {
            Description =
                "A JSON object a line: {\"id\",\"do\":\"spf|dkim|dmarc|arc|verify\",…}; - reads standard input. Fields that no check knows are passed over.",
            HelpName = "F.jsonl|-",
            Required = true,
        };
        var results = new Option<string>("--out")
        {
            Description =
                "Where the results go, a line a case in the order of the cases: {\"id\",\"result\"} or {\"id\",\"error\"}; - writes to standard output.",
            HelpName = "R.jsonl|-",
            Required = true,
        };
        var now = new Option<string?>("--now")
        {
            Description = "The time of the check for cases that name none (default: now).",
            HelpName = "TIME",
        };
        var (merchant, data) = (MailVerifyVerb.MerchantOption(), MailVerifyVerb.DataOption());
        var command = new Command("batch", "Answers many cases, a bad one among them too, and ends with 0 once every line has its answer.")
        {
            cases,
            results,
            now,
            merchant,
            data,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                if (MailOptions.Time(parsed.GetValue(now)) is not { } time)
                {
                    return (int)
                        context.Terminal.Refuse(
                            ExitCode.BadUsage,
                            $"--now: \"{parsed.GetValue(now)}\" is no time of RFC 3339, such as 2026-11-24T10:02:03+09:00."
                        );
                }

                return (int)
                    await MerchantRecord
                        .ReadAsync(parsed.GetValue(merchant), parsed.GetValue(data), context.Terminal.Environment, cancellation)
                        .ThenAsync(context.Terminal, record =>
                            OpenAsync(
                                parsed.GetValue(cases)!,
                                parsed.GetValue(results)!,
                                folder => new(folder, time, record),
                                context.Terminal,
                                cancellation
                            )
                        );
            }
        );
        return command;
    }

    /// <summary>The cases are opened first, so that a mistyped name leaves the results of an earlier run alone.</summary>
    private static async Task<ExitCode> OpenAsync(
        string cases,
        string results,
        Func<string, MailCases> answering,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        await using var input = cases == "-" ? terminal.OpenInput() : File.OpenRead(cases);
#pragma warning disable RS0030 // Made for whoever called, where they asked for it: their umask says who may read it.
        await using var output = results == "-" ? terminal.OpenOutput() : File.Create(results);
#pragma warning restore RS0030
        return await RunAsync(
            input,
            output,
            answering(cases == "-" ? "" : Path.GetDirectoryName(Path.GetFullPath(cases))!),
            terminal,
            cancellation
        );
    }

    private static async Task<ExitCode> RunAsync(
        Stream input,
        Stream output,
        MailCases cases,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        var pending = new Queue<(Task<CaseAnswer> Answer, int Bytes)>();
        var (bytesInFlight, answered, bad) = (0L, 0L, 0L);
        var clock = TimeProvider.System;
        var startedAt = clock.GetTimestamp();
        var toldAt = startedAt;
        await foreach (var line in CaseLines.ReadAsync(input, LineBytesMax, cancellation))
        {
            var size = line is CaseLine.Whole(_, var bytes) ? bytes.Length : 0;
            pending.Enqueue((Task.Run(() => cases.AnswerAsync(line, cancellation), cancellation), size));
            bytesInFlight += size;
            while (pending.Count >= casesInFlightMax || bytesInFlight > BytesInFlightMax)
                await WriteNextAsync();
        }
        while (pending.Count > 0)
            await WriteNextAsync();
        await output.FlushAsync(cancellation);
        terminal.Error.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{answered} cases answered, {bad} of them bad, in {clock.GetElapsedTime(startedAt).TotalSeconds:0.0} s."
            )
        );
        return ExitCode.Done;

        async Task WriteNextAsync()
        {
            var (answering, size) = pending.Dequeue();
            var answer = await answering;
            await output.WriteAsync(answer.Line, cancellation);
            bytesInFlight -= size;
            answered++;
            bad += answer is CaseAnswer.Bad ? 1 : 0;
            if (clock.GetElapsedTime(toldAt) < progressEvery)
                return;
            toldAt = clock.GetTimestamp();
            terminal.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{answered} cases answered, {clock.GetElapsedTime(startedAt).TotalSeconds:0} s"
                )
            );
        }
    }
}
