using Shonin.EventLog.Secrets;

namespace Shonin.EventLog.Evidence;

/// <summary>Reads the lines of a heads file, one at a time and none larger than <see cref="HeadLine.SizeBytesMax"/>.</summary>
internal static class HeadFile
{
    private const byte Newline = (byte)'\n';

    /// <summary>The complete lines among the first <paramref name="lengthBytes"/> bytes; what follows the last newline is none.</summary>
    /// <exception cref="InvalidDataException">A line is larger than any line is.</exception>
    internal static IEnumerable<byte[]> ReadLines(string path, long lengthBytes)
    {
        if (!File.Exists(path))
            yield break;
        using var file = OwnerOnly.OpenToRead(path);
        var buffer = new byte[64 * 1024];
        var line = new List<byte>();
        while (lengthBytes > 0)
        {
            var count = file.Read(buffer, 0, (int)Math.Min(buffer.Length, lengthBytes));
            if (count == 0)
                yield break;
            lengthBytes -= count;
            var rest = 0;
            for (
                var end = Array.IndexOf(buffer, Newline, rest, count - rest);
                end >= 0;
                end = Array.IndexOf(buffer, Newline, rest, count - rest)
            )
            {
                line.AddRange(buffer.AsSpan(rest, end - rest));
                yield return [.. line];
                line.Clear();
                rest = end + 1;
            }
            line.AddRange(buffer.AsSpan(rest, count - rest));
            if (line.Count > HeadLine.SizeBytesMax)
                throw new InvalidDataException($"{path} holds a line of more than {HeadLine.SizeBytesMax} bytes.");
        }
    }
}
