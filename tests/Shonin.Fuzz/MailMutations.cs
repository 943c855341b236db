using System.Text;

namespace Shonin.Fuzz;

/// <summary>
/// Changes a signed mail as somebody would who wants one program to show another mail than the rest: lines, fields, folds, line ends and
/// signs of the header, white space and lines of the body. Most changes leave the signature whole, because only those are worth asking
/// about.
/// </summary>
internal sealed class MailMutations(Random random)
{
    // csharpier-ignore
    private static readonly string[] fields =
    [
        "Subject: Your account is blocked", "From: Evil <x@evil.example>", "Sender: Evil <x@evil.example>",
        "Date: Mon, 1 Jan 2001 00:00:00 +0000", "To: victim@evil.example", "Cc: victim@evil.example", "Reply-To: x@evil.example",
        "Resent-From: x@evil.example", "Content-Type: text/html", "Content-Type: text/plain; charset=utf-16",
        "Content-Type: multipart/mixed; boundary=\"inner\"", "Content-Transfer-Encoding: base64",
        "Content-Transfer-Encoding: quoted-printable", "Content-Disposition: attachment", "MIME-Version: 2.0", "X-A: y",
        "Content-Type: message/rfc822", "Mime-Version: 1.0", "Content-Location: https://evil.example/",
        "Content-Base: https://evil.example/", "X-Mailer: =?utf-8?q?Subject=3A_x?=", "Comments: (",
    ];

    // csharpier-ignore
    private static readonly string[] shapes =
    [
        "MIME-Version: 1.0", "Content-Type: text/plain", "Content-Type: text/plain; charset=us-ascii",
        "Content-Type: text/plain; charset=utf-8", "Content-Type: text/plain; charset=iso-8859-1",
        "Content-Type: text/plain; charset=shift_jis", "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes",
        "Content-Type: text/plain; charset=utf-8; format=flowed", "Content-Type: text/plain; name=a.txt; charset=utf-8",
        "Content-Type: text/plain (x); charset=utf-8", "Content-Type: text/html", "Content-Type: text/html; charset=utf-8",
        "Content-Type: text/html; charset=utf-16", "Content-Type: text/enriched", "Content-Type: message/rfc822",
        "Content-Type: application/octet-stream", "Content-Type: multipart/mixed; boundary=outer",
        "Content-Type: multipart/alternative; boundary=outer", "Content-Type: multipart/related; boundary=outer",
        "Content-Type: multipart/alternative; boundary=inner", "Content-Type: multipart/mixed; boundary=\"=_part\"",
        "Content-Type: multipart/alternative; boundary*0=out; boundary*1=er",
        "Content-Type: multipart/mixed; boundary=outer; boundary=inner", "Content-Type: multipart/digest; boundary=outer",
        "Content-Transfer-Encoding: 7bit", "Content-Transfer-Encoding: 8bit", "Content-Transfer-Encoding: binary",
        "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: quoted-printable", "Content-Transfer-Encoding: x-uuencode",
        "Content-Disposition: inline", "Content-Disposition: inline-x", "Content-Disposition: inline; filename=a.txt",
        "Content-Disposition: attachment", "Content-ID: <1@shop.example>", "Content-Language: ja",
    ];

    // csharpier-ignore
    private static readonly string[] junk =
    [
        "", " ", "\t", " \t ", ".", "..", "no colon at all", "Log in at https://evil.example/ now",
        "From x@evil.example Tue Nov 24 10:00:00 2026", ">From x@evil.example Tue Nov 24 10:00:00 2026", "\v", "\f", "\x1c", "\x85",
        "\xa0", "\u00e2\u0080\u00a8", "--inner", "--", ": x", ":", "Subject", "Subject x: y", "=?utf-8?q?Subject:_x?=", "\0", "\x1a",
        "\xef\xbb\xbf", "{}", "<html>", "*", "'", "\x1b$B", "-----",
    ];

    // csharpier-ignore
    private static readonly string[] separators =
    [
        "\r", "\v", "\f", "\0", "\x1a", "\x1c", "\x1d", "\x1e", "\x1b", "\x85", "\xa0", "\u00c2\u0085", "\u00e2\u0080\u00a8",
        "\u00e2\u0080\u00a9", "\r\r", "\r\r\n", "\n\r", "\n", "\n\n", "\r\n", "\r\n\r\n", "\n\r\n", "\\n", "\\r\\n", "=0D=0A",
        "\xef\xbb\xbf", "\r\n ", "\r\n\t", "\r\n \r\n ", "\r ", "\n ",
    ];

    public byte[] Mutate(byte[] mail)
    {
        var text = Encoding.Latin1.GetString(mail);
        for (var count = 1 + random.Next(3); count > 0; count--)
            text = random.Next(10) < 7 ? OfHeader(text) : OfBody(text);
        return Encoding.Latin1.GetBytes(text);
    }

    private string OfHeader(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
            return text;
        var lines = text[..end].Split("\r\n").ToList();
        var at = random.Next(4) switch
        {
            0 => 0,
            1 => lines.Count,
            _ => random.Next(lines.Count + 1),
        };
        var one = Math.Min(at, lines.Count - 1);
        switch (random.Next(17))
        {
            case 0 or 1:
                lines.Insert(at, Pick(fields));
                break;
            case 2:
                lines.Insert(at, Pick(junk));
                break;
            case 3:
                lines.Insert(at, Pick(separators) + Pick(fields));
                break;
            case 4 or 5:
                lines.Insert(at, "X-A: y" + Pick(separators) + (random.Next(3) == 0 ? Pick(junk) : Pick(fields)));
                break;
            case 6:
                var field = Pick(fields);
                lines.Insert(
                    at,
                    field.Insert(
                        random.Next(field.IndexOf(':', StringComparison.Ordinal) + 1),
                        Pick(random.Next(2) == 0 ? separators : [" ", "\t", ">", "\"", "(", "\xe3", "\x80", "."])
                    )
                );
                break;
            case 7:
                lines.Insert(at, lines[random.Next(lines.Count)]);
                break;
            case 8:
                var moved = lines[one];
                lines.RemoveAt(one);
                lines.Insert(random.Next(lines.Count + 1), moved);
                break;
            case 9:
                lines[one] = lines[one].Insert(lines[one].Length, Pick(separators));
                break;
            case 10:
                lines[one] = Folded(lines[one]);
                break;
            case 11:
                lines[one] = CaseChanged(lines[one]);
                break;
            case 12:
                lines[one] = ByteChanged(lines[one]);
                break;
            case 13 or 14 or 15:
                ChangeShape(lines);
                break;
            default:
                // A line end of another kind after one line, the last one too.
                var header = string.Join("\r\n", lines) + "\r\n\r\n";
                var lineEnd = NthIndex(header, "\r\n", random.Next(lines.Count + 1));
                return header.Remove(lineEnd, 2).Insert(lineEnd, Pick(["\n", "\r", "\r\r\n", " \r\n", "\t\r\n", "\n\r\n"]))
                    + text[(end + 4)..];
        }

        return Prefixed(string.Join("\r\n", lines)) + text[end..];
    }

    /// <summary>
    /// Changes one of the fields that say what the body is, takes it away, renames it or adds one: most signatures leave some of them open.
    /// </summary>
    private void ChangeShape(List<string> lines)
    {
        var there = lines
            .Index()
            .Where(line =>
                line.Item.StartsWith("Content-", StringComparison.OrdinalIgnoreCase)
                || line.Item.StartsWith("MIME-", StringComparison.OrdinalIgnoreCase)
            )
            .ToList();
        var at = there.Count == 0 || random.Next(4) == 0 ? lines.Count : there[random.Next(there.Count)].Index;
        if (at < lines.Count && random.Next(8) == 0)
        {
            lines[at] = "X-" + lines[at];
            return;
        }

        while (at < lines.Count)
        {
            lines.RemoveAt(at);
            if (at == lines.Count || !lines[at].StartsWith(' '))
                break;
        }

        if (random.Next(4) != 0)
            lines.Insert(at, Pick(shapes));
    }

    private string Prefixed(string header) =>
        random.Next(25) == 0
            ? Pick(["\r\n", "\n", " ", "\xef\xbb\xbf", ">From a@b Tue Nov 24 10:00:00 2026\r\n", "\f\r\n", ".\r\n", "\0"]) + header
            : header;

    private string OfBody(string text)
    {
        var start = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        if (start < 4 || start >= text.Length)
            return text;
        var body = text[start..];
        var lines = body.Split("\r\n").ToList();
        var one = random.Next(lines.Count);
        switch (random.Next(8))
        {
            case 0:
                lines[one] += Pick([" ", "\t", "  "]);
                break;
            case 1:
                lines[one] = lines[one].Replace(" ", Pick(["  ", "\t", " \t"]), StringComparison.Ordinal);
                break;
            case 2:
                var empty = lines.Index().Where(line => line.Item.Length == 0).Select(line => line.Index).ToList();
                if (empty.Count > 0)
                    lines[empty[random.Next(empty.Count)]] = Pick([" ", "\t", " \t "]);
                break;
            case 3:
                lines.Add(Pick(["", " ", "\t"]));
                break;
            case 4:
                var lineEnd = NthIndex(body, "\r\n", random.Next(lines.Count));
                return text[..start]
                    + (lineEnd < 0 ? body : body.Remove(lineEnd, 2).Insert(lineEnd, Pick(["\n", " \n", "\r\r\n", " \r\n"])));
            case 5:
                lines.Add("Log in at https://evil.example/ now");
                break;
            case 6:
                lines[one] = ByteChanged(lines[one]);
                break;
            default:
                return text.Replace("\r\n", "\n", StringComparison.Ordinal);
        }

        return text[..start] + string.Join("\r\n", lines);
    }

    private string Folded(string line)
    {
        var spaces = line.Index().Where(sign => sign.Item is ' ' or '\t').Select(sign => sign.Index).ToList();
        if (spaces.Count == 0)
            return line.Insert(line.IndexOf(':', StringComparison.Ordinal) + 1, Pick([" ", "\t", "\r\n ", "\r\n \r\n "]));
        var at = spaces[random.Next(spaces.Count)];
        return line.Insert(at, Pick(["\r\n", "\r\n ", "  ", "\t", "\r\n \r\n", "\n"]));
    }

    private string CaseChanged(string line) =>
        line.IndexOf(':', StringComparison.Ordinal) is var colon and > 0 && !line.StartsWith(' ')
            ? random.Next(2) == 0
                ? line[..colon].ToUpperInvariant() + line[colon..]
                : line[..colon] + Pick([" ", "\t"]) + line[colon..]
            : line;

    private string ByteChanged(string line)
    {
        var at = random.Next(line.Length + 1);
        var sign = (char)random.Next(256);
        return random.Next(2) == 0 || at == line.Length ? line.Insert(at, sign.ToString()) : line.Remove(at, 1).Insert(at, sign.ToString());
    }

    private static int NthIndex(string text, string part, int count)
    {
        var at = text.IndexOf(part, StringComparison.Ordinal);
        for (; count > 0 && at >= 0; count--)
            at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal);
        return at < 0 ? text.IndexOf(part, StringComparison.Ordinal) : at;
    }

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
