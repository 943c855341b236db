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
    case ["replay", var name, .. var files]:
        return await Replay(FuzzTarget.Named(name), files);
    default:
        Console.Error.WriteLine("Usage: Shonin.Fuzz targets | seeds TARGET FOLDER | instrument ASSEMBLY... | run TARGET | replay TARGET FILE...");
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
        FuzzTarget.Named(name).Check(input.ToArray()).AsTask().GetAwaiter().GetResult();
    });
    return 0;
}

static async Task<int> Replay(FuzzTarget target, string[] files)
{
    var failures = 0;
    foreach (var file in files)
    {
        try
        {
            await target.Check(await File.ReadAllBytesAsync(file));
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
