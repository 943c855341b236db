using Shonin.Fuzz;

// What tests/fuzz.sh calls. By hand: dotnet Shonin.Fuzz.dll replay TARGET FILE... runs kept inputs without a fuzzer.
switch (args)
{
    case ["targets"]:
        Console.WriteLine(string.Join('\n', FuzzTarget.All.Select(target => target.Name)));
        return 0;
    case ["seeds", var name, var folder]:
        return WriteSeeds(FuzzTarget.Named(name), folder);
    case ["instrument", .. var assemblies]:
        return Instrument(assemblies);
    case ["run", var name]:
        return Run(name);
    case ["readers", var seconds, .. var rest] when int.TryParse(seconds, out var secondCount):
        return await HoldAgainstReadersAsync(
            TimeSpan.FromSeconds(secondCount),
            rest is [var seed, ..] ? int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture) : Environment.TickCount
        );
    case ["replay", var name, .. var files]:
        return await ReplayAsync(FuzzTarget.Named(name), files);
    default:
        Console.Error.WriteLine(
            "Usage: Shonin.Fuzz targets | seeds TARGET FOLDER | instrument ASSEMBLY... | run TARGET | replay TARGET FILE... | readers SECONDS [SEED]"
        );
        return 64; // sysexits.h EX_USAGE
}

static int WriteSeeds(FuzzTarget target, string folder)
{
    Directory.CreateDirectory(folder);
    var count = 0;
    foreach (var seed in target.Seeds())
    {
        File.WriteAllBytes(Path.Combine(folder, $"seed-{count++:D4}"), seed);
    }

    return 0;
}

// In place, so only ever on a copy: every branch then leaves its mark in the memory that afl-fuzz shares.
static int Instrument(string[] assemblies)
{
    foreach (var assembly in assemblies)
    {
        var types = SharpFuzz.Fuzzer.Instrument(assembly, _ => true, SharpFuzz.Options.Value).Count();
        Console.WriteLine($"{Path.GetFileName(assembly)}: {types} types instrumented");
    }

    return 0;
}

// The inputs run in a child that is started anew when one of them kills it: a stack that overflows cannot be caught.
// Instrumented code writes to memory that is there only inside, so the target is not touched before.
static int Run(string name)
{
    SharpFuzz.Fuzzer.OutOfProcess.Run(stream =>
    {
        using var input = new MemoryStream();
        stream.CopyTo(input);
        FuzzTarget.Named(name).CheckAsync(input.ToArray()).AsTask().GetAwaiter().GetResult();
    });
    return 0;
}

static async Task<int> ReplayAsync(FuzzTarget target, string[] files)
{
    var failures = 0;
    foreach (var file in files)
    {
        try
        {
            await target.CheckAsync(await File.ReadAllBytesAsync(file));
            Console.WriteLine($"{file}: holds");
        }
        catch (Exception exception) when (exception is not (IOException or UnauthorizedAccessException))
        {
            // Whatever escapes a parser is what is looked for.
            failures++;
            Console.WriteLine($"{file}: {exception}");
        }
    }

    return failures == 0 ? 0 : 1;
}

// Ends with 1 where another reader shows another mail than the one that we call genuine, and with 69 where a reader is missing: that is not
// run, and not held.
static async Task<int> HoldAgainstReadersAsync(TimeSpan time, int seed)
{
    const int FindingCountMax = 20;
    var root = Environment.GetEnvironmentVariable("SHONIN_ROOT") ?? Directory.GetCurrentDirectory();
    using var readers = OtherReaders.Start(Path.Combine(root, "tests", "other-readers"), Path.Combine(root, "artifacts", "other-readers"));
    if (readers.Missing.Count > 0)
    {
        Console.WriteLine($"readers: NOT RUN, missing: {string.Join("; ", readers.Missing)}");
        return 69; // sysexits.h EX_UNAVAILABLE
    }

    var report = await new DifferentialRun(readers, seed).RunAsync(time, int.MaxValue, FindingCountMax);
    foreach (var finding in report.Findings)
    {
        Console.WriteLine(
            $"{finding.Reader} shows another {finding.Difference}{Environment.NewLine}base64: {Convert.ToBase64String(finding.Mail)}"
        );
    }

    Console.WriteLine(
        $"readers, seed {seed}: {report.Changed} changed mails, {report.Asked} of them genuine, {report.Findings.Count} shown differently"
    );
    return report.Findings.Count == 0 ? 0 : 1;
}
