using System.Collections;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Shonin.Verbs;

/// <summary>How a verb ends; the names of 64 and above are those of sysexits.h.</summary>
internal enum ExitCode
{
    Done = 0,

    /// <summary>The answer is no: a broken chain, a promise not kept.</summary>
    No = 1,
    CannotTell = 2,
    BadUsage = 64,
    UnreadableInput = 65,
    OurFault = 70,
}

/// <summary>Where a verb writes, and the environment it was started in.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Everything else: errors and progress.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error, IDictionary Environment)
{
    private static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web)
    {
        // A terminal is no web page: Japanese stays readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Opens what comes in by a pipe, as raw bytes.</summary>
    public Func<Stream> OpenInput { get; init; } = Console.OpenStandardInput;

    /// <summary>Opens <see cref="Out"/> for bytes.</summary>
    public Func<Stream> OpenOutput { get; init; } = Console.OpenStandardOutput;

    public void WriteJson<T>(T result) => Out.WriteLine(JsonSerializer.Serialize(result, json));

    /// <summary>A stranger's text without what steers a terminal or turns the direction of reading.</summary>
    public static string Harmless(string text) =>
        string.Concat(
            text.Select(letter => char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format ? '\ufffd' : letter)
        );

    /// <summary>Says what was wrong, where, and what to do.</summary>
    public ExitCode Refuse(ExitCode code, params IReadOnlyList<string> why)
    {
        foreach (var sentence in why)
            Error.WriteLine($"shonin: {sentence}");
        return code;
    }
}
