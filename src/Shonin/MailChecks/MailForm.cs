using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Shonin.Domain.Proofs;
using Shonin.Web;

namespace Shonin.MailChecks;

/// <summary>What the form with a mail brought.</summary>
internal abstract record MailFormReading
{
    private MailFormReading() { }

    /// <param name="Mail">The file, or else the pasted text; empty where there was neither.</param>
    /// <param name="Recipient">The address that received the mail, as typed; empty where none was.</param>
    public sealed record Read(byte[] Mail, string Recipient) : MailFormReading
    {
        /// <summary>
        /// The pasted text, to be put back where it was refused; null where a file was chosen, and where it is too long for that.
        /// </summary>
        public string? Pasted { get; init; }

        /// <summary>The form's seal, where it has one.</summary>
        public string? Seal { get; init; }
    }

    public sealed record TooLarge : MailFormReading;

    /// <summary>No form of ours, or cut on its way.</summary>
    public sealed record Malformed : MailFormReading;
}

/// <summary>
/// Reads a form with a file in it (RFC 7578) part by part into memory, up to a limit. The framework's own reader puts large files on disk,
/// and a mail that was only shown to us must never lie there.
/// </summary>
internal static class MailForm
{
    public const string FileField = "mail";
    public const string TextField = "original";
    public const string RecipientField = "recipient";

    private const int PartCountMax = 8;
    private const int BoundaryLengthMax = 70; // RFC 2046 section 5.1.1
    private const int PartHeaderBytesMax = 4_096;
    private const int RecipientBytesMax = 1_024;
    private const int PastedBytesMax = 128 * 1024;

    public static async ValueTask<MailFormReading> ReadAsync(HttpContext http, int sizeBytesMax)
    {
        // The server's own limit is made for forms without files. Ours counts what is read, and nothing more is.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = null;
        if (http.Request.ContentLength > (long)sizeBytesMax + PartCountMax * PartHeaderBytesMax)
            return new MailFormReading.TooLarge();
        if (BoundaryOf(http.Request.ContentType) is not { } boundary)
            return new MailFormReading.Malformed();
        try
        {
            return await ReadPartsAsync(
                new MultipartReader(boundary, http.Request.Body) { HeadersLengthLimit = PartHeaderBytesMax },
                sizeBytesMax,
                http.RequestAborted
            );
        }
        catch (Exception cut) when (cut is InvalidDataException or IOException)
        {
            return new MailFormReading.Malformed();
        }
    }

    private static async ValueTask<MailFormReading> ReadPartsAsync(MultipartReader parts, int sizeBytesMax, CancellationToken cancellation)
    {
        byte[] file = [],
            text = [],
            recipient = [],
            seal = [];
        for (var count = 0; count < PartCountMax && await parts.ReadNextSectionAsync(cancellation) is { } part; count++)
        {
            var name = NameOf(part);
            var limit = name is FileField or TextField ? sizeBytesMax : RecipientBytesMax;
            if (await Uploads.ReadUpToAsync(part.Body, limit, cancellation) is not { } content)
                return new MailFormReading.TooLarge();
            switch (name)
            {
                case FileField:
                    file = content;
                    break;
                case TextField:
                    text = content;
                    break;
                case RecipientField:
                    recipient = content;
                    break;
                case FormSeal.FieldName:
                    seal = content;
                    break;
            }
        }
        return new MailFormReading.Read(file.Length > 0 ? file : text, Encoding.UTF8.GetString(recipient).Normalized())
        {
            Pasted = file.Length == 0 && text.Length is > 0 and <= PastedBytesMax ? Encoding.UTF8.GetString(text) : null,
            Seal = Encoding.UTF8.GetString(seal),
        };
    }

    private static string? BoundaryOf(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && string.Equals(type.MediaType, "multipart/form-data", StringComparison.OrdinalIgnoreCase)
        && type
            .Parameters.FirstOrDefault(parameter => string.Equals(parameter.Name, "boundary", StringComparison.OrdinalIgnoreCase))
            ?.Value?.Trim('"')
            is { Length: > 0 and <= BoundaryLengthMax } boundary
            ? boundary
            : null;

    private static string NameOf(MultipartSection part) =>
        ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition) ? disposition.Name?.Trim('"') ?? "" : "";

    /// <summary>Full-width letters, as a Japanese keyboard gives them, are the same letters.</summary>
    private static string Normalized(this string typed) => FoldedText.Normal(typed, NormalizationForm.FormKC).Trim();
}
