using System.Diagnostics;
using System.Text;
using System.Text.Json;
using MimeKit;

namespace Shonin.Fuzz;

/// <summary>What one mail program shows of a mail, white space aside.</summary>
internal sealed record Reading(string From, string Subject, string Date, string Recipients, string Text)
{
    /// <summary>Which of the five differ, with the start of what is shown instead; null where none does.</summary>
    public string? DifferenceTo(Reading other)
    {
        (string Name, string Mine, string Theirs)[] pairs =
        [
            ("author", From, other.From),
            ("subject", Subject, other.Subject),
            ("date", Date, other.Date),
            ("recipients", Recipients, other.Recipients),
            ("text", Text, other.Text),
        ];
        var different = pairs
            .Where(pair => pair.Mine != pair.Theirs)
            .Select(pair => $"{pair.Name} \"{pair.Mine[..Math.Min(pair.Mine.Length, 60)]}\"")
            .ToList();
        return different.Count == 0 ? null : string.Join(", ", different);
    }

    public static Reading Of(string from, string subject, string date, string recipients, string text) =>
        new(Squeezed(from), Squeezed(subject), Squeezed(date), Squeezed(recipients), Squeezed(text));

    private static string Squeezed(string text) => string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));
}

/// <summary>
/// The mail readers beside ours: MimeKit in this process, Python's email package and npm's mailparser in one long-lived process each. A
/// mail that a reader cannot read shows the fault as its text.
/// </summary>
internal sealed class OtherReaders : IDisposable
{
    private readonly List<Process> processes = [];

    private OtherReaders() { }

    /// <summary>Programs that are not on this machine, with what would bring them; empty where all readers read.</summary>
    public IReadOnlyList<string> Missing { get; private init; } = [];

    /// <param name="scripts">tests/other-readers.</param>
    /// <param name="packages">Where its package.json was installed; the folder that holds node_modules.</param>
    public static OtherReaders Start(string scripts, string packages)
    {
        var missing = new List<string>();
        var readers = new OtherReaders { Missing = missing };
        if (!readers.TryStart("python3", [Path.Combine(scripts, "read.py")]))
            missing.Add("Python's email package (python3)");
        if (!Directory.Exists(Path.Combine(packages, "node_modules", "mailparser")))
            missing.Add($"mailparser (npm ci in {packages}; ./shonin test installs it)");
        else if (!readers.TryStart("node", [Path.Combine(scripts, "read.mjs"), packages]))
            missing.Add("mailparser (node)");
        return readers;
    }

    public IReadOnlyDictionary<string, Reading> Read(byte[] mail)
    {
        var readings = new Dictionary<string, Reading> { ["MimeKit"] = ReadByMimeKit(mail) };
        foreach (var process in processes)
        {
            process.StandardInput.WriteLine(Convert.ToBase64String(mail));
            process.StandardInput.Flush();
        }

        foreach (var process in processes)
        {
            var line = process.StandardOutput.ReadLine()
                ?? throw new IOException($"{process.StartInfo.FileName} ended: {process.StandardError.ReadToEnd()}");
            using var answer = JsonDocument.Parse(line);
            foreach (var reader in answer.RootElement.EnumerateObject())
                readings[reader.Name] = Of(reader.Value);
        }

        return readings;
    }

    public void Dispose()
    {
        foreach (var process in processes)
        {
            process.StandardInput.Close();
            process.WaitForExit();
            process.Dispose();
        }
    }

    private bool TryStart(string program, IReadOnlyList<string> arguments)
    {
        try
        {
            processes.Add(
                Process.Start(
                    new ProcessStartInfo(program, arguments)
                    {
                        RedirectStandardInput = true,
                        RedirectStandardOutput = true,
                        RedirectStandardError = true,
                        StandardOutputEncoding = Encoding.UTF8,
                        StandardInputEncoding = new UTF8Encoding(false),
                    }
                )!
            );
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // There is no such program.
        }
    }

    private static Reading Of(JsonElement shown)
    {
        if (shown.TryGetProperty("fault", out var fault))
            return Reading.Of("", "", "", "", $"cannot read it: {fault.GetString()}");
        return Reading.Of(Text("from"), Text("subject"), Text("date"), Text("to") + Text("cc"), Text("text"));

        // Half of a surrogate pair stands for a byte that Python could not decode, and is no text to .NET.
        string Text(string name) => shown.GetProperty(name) is var value && IsText(value) ? value.GetString()! : value.GetRawText();
    }

    private static bool IsText(JsonElement value)
    {
        try
        {
            return value.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static Reading ReadByMimeKit(byte[] mail)
    {
        try
        {
            using var stream = new MemoryStream(mail, writable: false);
            using var message = MimeMessage.Load(stream);
            var texts = message.BodyParts.OfType<TextPart>().Where(part => !part.IsAttachment).Select(part => part.Text);
            return Reading.Of(
                message.From.ToString(),
                message.Subject ?? "",
                message.Headers[HeaderId.Date] ?? "",
                $"{message.To}{message.Cc}",
                string.Join('\n', texts)
            );
        }
        catch (FormatException fault)
        {
            return Reading.Of("", "", "", "", $"cannot read it: {fault.GetType().Name}");
        }
    }
}
