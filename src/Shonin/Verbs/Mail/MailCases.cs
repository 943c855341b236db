using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Shonin.MailAuthentication.AuthResults;
using Shonin.MailAuthentication.Dmarc;
using Shonin.MailAuthentication.Dns;
using Shonin.MailAuthentication.Message;
using Shonin.MailAuthentication.Spf;
using Shonin.MailChecks;
using Shonin.Web;

namespace Shonin.Verbs.Mail;

/// <summary>Answers cases, one line of JSON for each: the result, or what is wrong with the case.</summary>
/// <param name="folder">What the paths in cases are relative to.</param>
/// <param name="now">The time of cases that name none.</param>
/// <param name="record">What cases that name no merchant are held against.</param>
internal sealed class MailCases(string folder, DateTimeOffset now, MerchantRecord record)
{
    private static readonly int messageBytesMax = MessageLimits.Default.SizeBytesMax;

    // ASCII alone, so that whatever splits the file into lines finds no line end inside one.
    private static readonly JsonSerializerOptions json = new(ApiJson.Options) { Encoder = JavaScriptEncoder.Default };

    public async Task<CaseAnswer> AnswerAsync(CaseLine line, CancellationToken cancellation)
    {
        switch (line)
        {
            case CaseLine.TooLong:
                return Bad(null, line, "The line is too long; put the message into a file and name it in \"emlFile\".");
            case CaseLine.Whole(_, var bytes):
                try
                {
                    using var document = JsonDocument.Parse(bytes);
                    return await AnswerAsync(document.RootElement, line, cancellation);
                }
                catch (JsonException malformed)
                {
                    return Bad(
                        null,
                        line,
                        string.Create(CultureInfo.InvariantCulture, $"This is no JSON, at byte {malformed.BytePositionInLine + 1}.")
                    );
                }
            default:
                throw new UnreachableException();
        }
    }

    private async Task<CaseAnswer> AnswerAsync(JsonElement json, CaseLine line, CancellationToken cancellation)
    {
        JsonElement? id = null;
        try
        {
            var fields = new CaseFields(json);
            id = IdOf(fields);
            var answer = await AnswerAsync(fields, cancellation);
            return new CaseAnswer.Answered(Written(id, "result", answer));
        }
        catch (BadCaseException bad)
        {
            return Bad(id, line, bad.Message);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellation.IsCancellationRequested)
        {
            // The loop over thousands of strangers' mails: what one of them breaks must not cost the answers of the others.
            return Bad(id, line, $"This is our fault, please report it: {fault.GetType().Name}, {fault.Message}");
        }
    }

    private async Task<object> AnswerAsync(CaseFields fields, CancellationToken cancellation)
    {
        switch (fields.Required("do").ToLowerInvariant())
        {
            case "spf":
                fields.Required("ip");
                return (await (await SubjectAsync(fields, cancellation)).CheckSpfAsync(cancellation)).Json;
            case "dkim":
                return await CheckAsync(MailProtocol.Dkim, fields, cancellation);
            case "arc":
                return await CheckAsync(MailProtocol.Arc, fields, cancellation);
            case "dmarc" when fields["from"] is null:
                return await CheckAsync(MailProtocol.Dmarc, fields, cancellation);
            case "dmarc":
                var from = fields.Required("from");
                var request = new DmarcRequest(
                    from[(from.LastIndexOf('@') + 1)..].Trim(),
                    fields.Texts("spfPass"),
                    fields.Texts("dkimPass")
                );
                return (await (await SubjectAsync(fields, cancellation)).CheckDmarcAsync(request, cancellation)).Json;
            case "verify":
                return await VerifyAsync(fields, cancellation);
            case var other:
                throw new BadCaseException($"There is nothing to do that is called \"{other}\"; known are spf, dkim, dmarc, arc, verify.");
        }
    }

    private async Task<object> VerifyAsync(CaseFields fields, CancellationToken cancellation)
    {
        var subject = await SubjectAsync(fields, cancellation);
        var recording = new DnsRecording(subject.Dns);
        var asked = await ProfileAsync(fields, cancellation) is { } profile ? record.About(profile) : record;
        var raw = await fields.MessageAsync(folder, messageBytesMax, cancellation);
        return await asked.CheckAsync(raw, subject with { Dns = recording.LookupAsync }, fields.Text("recipient"), cancellation) switch
        {
            MailCheck.Checked(var result) => MailCheckJson.Of(result, recording.Queries, subject.Trust),
            MailCheck.Refused(var why) => throw new BadCaseException(why),
            _ => throw new UnreachableException(),
        };
    }

    private async Task<MailProfile?> ProfileAsync(CaseFields fields, CancellationToken cancellation)
    {
        var reading = fields["merchant"] switch
        {
            null => null,
            { ValueKind: JsonValueKind.String } => await MerchantRecord.ProfileAsync(
                Path.Combine(folder, fields.Text("merchant")!),
                cancellation
            ),
            { } inline => MerchantRecord.Named("merchant", MailProfileFile.Parse(inline)),
        };
        return reading switch
        {
            null => null,
            Reading<MailProfile, string>.Read(var profile) => profile,
            Reading<MailProfile, string>.Refused(var why) => throw new BadCaseException($"\"merchant\": {why}"),
            _ => throw new UnreachableException(),
        };
    }

    private async Task<object> CheckAsync(MailProtocol protocol, CaseFields fields, CancellationToken cancellation)
    {
        var subject = await SubjectAsync(fields, cancellation);
        return MailMessage.Parse(BroughtMail.Open(await fields.MessageAsync(folder, messageBytesMax, cancellation)).Message) switch
        {
            MessageParse.Parsed(var message) => (await subject.CheckAsync(protocol, message, cancellation)).Json,
            MessageParse.Refused(var why) => throw new BadCaseException(why),
            _ => throw new UnreachableException(),
        };
    }

    private async Task<MailCircumstances> SubjectAsync(CaseFields fields, CancellationToken cancellation)
    {
        var session = MailOptions.Session(fields.Text("ip"), fields.Text("helo") ?? "", fields.Text("mailFrom") ?? "") switch
        {
            Reading<SpfRequest?, string>.Read(var read) => fields.Text("receiver") is { } receiver && read is not null
                ? read with
                {
                    Receiver = receiver,
                }
                : read,
            Reading<SpfRequest?, string>.Refused(var why) => throw new BadCaseException($"\"ip\": {why}"),
            _ => throw new UnreachableException(),
        };
        var trust = new AuthResultsTrust
        {
            AuthservIds = fields.Texts("trustAuthserv"),
            Microsoft = fields.Text("trustTopAr") is "outlook" ? MicrosoftMailbox.Yes : MicrosoftMailbox.No,
        };
        return await DnsChoice.ReadAsync(fields["dns"], folder, cancellation) switch
        {
            Reading<DnsLookup, string>.Read(var dns) => new(session, dns, fields.Time("now") ?? now, trust),
            Reading<DnsLookup, string>.Refused(var why) => throw new BadCaseException(why),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>A text or a number; it comes back as it was written.</summary>
    private static JsonElement? IdOf(CaseFields fields) =>
        fields["id"] switch
        {
            null => null,
            { ValueKind: JsonValueKind.Number } number => number,
            { ValueKind: JsonValueKind.String } text when fields.Text("id") is not null => text,
            _ => throw new BadCaseException("\"id\" must be a text or a number."),
        };

    private static CaseAnswer.Bad Bad(JsonElement? id, CaseLine line, string why) =>
        new(Written(id, "error", string.Create(CultureInfo.InvariantCulture, $"line {line.Number}: {why}")));

    private static ReadOnlyMemory<byte> Written(JsonElement? id, string name, object value)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = json.Encoder }))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("id");
            if (id is { } given)
                given.WriteTo(writer);
            else
                writer.WriteNullValue();
            writer.WritePropertyName(name);
            JsonSerializer.Serialize(writer, value, value.GetType(), json);
            writer.WriteEndObject();
        }
        bytes.Write("\n"u8);
        return bytes.WrittenMemory;
    }
}

/// <summary>A line of the results.</summary>
internal abstract record CaseAnswer(ReadOnlyMemory<byte> Line)
{
    public sealed record Answered(ReadOnlyMemory<byte> Line) : CaseAnswer(Line);

    public sealed record Bad(ReadOnlyMemory<byte> Line) : CaseAnswer(Line);
}
