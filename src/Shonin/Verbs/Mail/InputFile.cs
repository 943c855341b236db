using Shonin.EventLog.Secrets;

namespace Shonin.Verbs.Mail;

/// <summary>Reads a file whole, up to a limit.</summary>
internal static class InputFile
{
    public static async Task<Reading<byte[], string>> ReadAsync(string path, int bytesMax, CancellationToken cancellation)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return await ReadAsync(file, path, bytesMax, cancellation);
        }
        catch (Exception unreadable)
            when (unreadable is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new Reading<byte[], string>.Refused(unreadable.Message);
        }
    }

    /// <summary>The same of a file that says whose mail is genuine: a profile, a zone. One that others may write to is refused.</summary>
    public static async Task<Reading<byte[], string>> ReadTrustedAsync(string path, int bytesMax, CancellationToken cancellation)
    {
        try
        {
            OwnerOnly.RefuseWhatOthersMayChange(path);
            return await ReadAsync(path, bytesMax, cancellation);
        }
        catch (KeyFileException open)
        {
            return new Reading<byte[], string>.Refused(open.Message);
        }
    }

    /// <param name="name">For the refusal.</param>
    public static async Task<Reading<byte[], string>> ReadAsync(Stream stream, string name, int bytesMax, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        var chunk = new byte[64 * 1024];
        while (await stream.ReadAsync(chunk, cancellation) is var count and > 0)
        {
            if (bytes.Length + count > bytesMax)
                return new Reading<byte[], string>.Refused($"{name} is larger than {bytesMax} bytes.");
            bytes.Write(chunk, 0, count);
        }
        return new Reading<byte[], string>.Read(bytes.ToArray());
    }
}
