using System.Runtime.CompilerServices;
using Shonin.Iso8583;

namespace Shonin.Specs.Iso8583;

/// <summary>What the package's README shows is this code.</summary>
public sealed class ReadmeSpecs
{
    [Fact]
    public void The_READMEs_example_writes_a_request_and_reads_it_again()
    {
        var lines = new List<string>();

        // README: message
        var format = MessageFormat.Profile(WireEncoding.Ascii); // or a MessageFormat of your own fields
        var request = new Message(Mti.Parse("0100"))
            .Set(2, "4242424242424242")
            .Set(4, 15000)
            .Set(11, 123456)
            .Set(41, "WEB00001")
            .Set(49, 392)
            .Set(48, Subelements.Empty.With(20, "C0").With(92, "123").Write());

        var buffer = new byte[Frame.MessageBytesMax];
        if (format.Write(request, buffer) is not WriteResult.Written(var byteCount))
            throw new InvalidOperationException("A field does not fit its format.");

        lines.Add(
            format.Parse(buffer.AsSpan(0, byteCount)) switch
            {
                ParseResult.Parsed(var message) => $"{message.Mti.Answer()} answers {message}",
                ParseResult.Malformed(var error, var partial) => $"{error.What}; STAN {partial.Text(11)} can still be answered",
                _ => throw new System.Diagnostics.UnreachableException(),
            }
        );

        // README: end
        Assert.Equal(
            ["0110 answers 0100 2=************4242 4=000000015000 11=123456 41=\"WEB00001\" 48=[20=C0 92=(hidden)] 49=392"],
            lines
        );
    }

    [Fact]
    public async Task The_READMEs_connection_reads_what_was_sent()
    {
        using var stream = new MemoryStream();
        var format = MessageFormat.Profile(WireEncoding.Binary);
        var request = new Message(Mti.Parse("0800")).Set(7, "1124010203").Set(11, 7).Set(70, 301);
        var cancellation = TestContext.Current.CancellationToken;
        var lines = new List<string>();

        // README: frames
        await new FrameWriter(stream, format).WriteAsync(request, cancellation);
        stream.Position = 0; // A connection has no position; this is a MemoryStream.
        var reader = new FrameReader(stream);
        while (await reader.ReadAsync(cancellation) is FrameRead.Frame(var bytes))
            lines.Add($"{bytes.Length} bytes: {format.Parse(bytes)}");

        // README: end
        Assert.Equal(["28 bytes: Parsed { Message = 0800 7=1124010203 11=000007 70=301 }"], lines);
    }

    [Theory]
    [InlineData("message")]
    [InlineData("frames")]
    public void The_README_shows_the_code_that_runs_here(string example)
    {
        var shown = File.ReadAllText(Beside("../../../src/Shonin.Iso8583/README.md"))
            .Split($"<!-- example: {example} -->\n```csharp\n")[1]
            .Split("```")[0];
        var run = File.ReadAllText(Beside("ReadmeSpecs.cs")).Split($"// README: {example}\n")[1].Split("// README: end")[0];
        Assert.Equal(shown.TrimEnd(), string.Join('\n', run.TrimEnd().Split('\n').Select(line => line.Length >= 8 ? line[8..] : line)));
    }

    private static string Beside(string path, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, path));
}
