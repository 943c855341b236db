using System.Text;
using Shonin.MailAuthentication.Message;

namespace Shonin.MailAuthentication.Dkim;

/// <summary>The part of a header that a signature covers: the fields that h= names, and the signature field itself.</summary>
internal static class SignedHeader
{
    /// <summary>The digest to sign: the named fields, then the signature field, whose b= must still be empty.</summary>
    public static byte[] Digest(MailMessage message, IEnumerable<string> names, HeaderField unsignedSignature, Canonicalization form)
    {
        using var sink = new Sha256Sink();
        WriteNamedFields(message, names, unsignedSignature, form, sink);
        Canonical.WriteOpenField(unsignedSignature, form, sink);
        return sink.Finish();
    }

    /// <summary>The digest to verify: as it was when b= was empty.</summary>
    public static byte[] Digest(
        MailMessage message,
        IEnumerable<string> names,
        HeaderField signature,
        TagList.Tag signatureTag,
        Canonicalization form
    )
    {
        using var sink = new Sha256Sink();
        WriteNamedFields(message, names, signature, form, sink);
        Canonical.WriteSignatureField(signature, signatureTag, form, sink);
        return sink.Finish();
    }

    /// <summary>
    /// A name takes the lowest field of that name that is not taken yet; a name without a field left stands for nothing
    /// (RFC 6376 section 5.4.2). The signature itself did not exist when it was made, so it is never taken.
    /// </summary>
    private static void WriteNamedFields(
        MailMessage message,
        IEnumerable<string> names,
        HeaderField signature,
        Canonicalization form,
        Sha256Sink sink
    )
    {
        var fields = message.Fields;
        var taken = new bool[fields.Count];
        Span<byte> nameBytes = stackalloc byte[NameLengthMax];
        foreach (var name in names)
        {
            if (name.Length is 0 or > NameLengthMax)
            {
                continue;
            }

            var wanted = nameBytes[..Encoding.Latin1.GetBytes(name, nameBytes)];
            for (var index = fields.Count - 1; index >= 0; index--)
            {
                if (!taken[index] && fields[index].Is(wanted) && fields[index] != signature)
                {
                    taken[index] = true;
                    Canonical.WriteField(fields[index], form, sink);
                    break;
                }
            }
        }
    }

    private const int NameLengthMax = 998; // A field name stands on one line: RFC 5322 section 2.1.1.
}
