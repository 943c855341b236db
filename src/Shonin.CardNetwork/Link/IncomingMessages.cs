using System.Diagnostics;
using Shonin.CardNetwork.Vault;
using Shonin.Domain.Approvals;
using Shonin.Iso8583;

namespace Shonin.CardNetwork.Link;

/// <summary>
/// What to make of each message that comes in: an answer of ours goes to the decider, an 0810 to the connection that asked, and all
/// else is kept as evidence. Nothing is ever answered.
/// </summary>
internal sealed class IncomingMessages(LinkOptions options, NetworkMessages messages, SentRequests sent, CardVault vault, LinkPorts ports)
{
    private static readonly Mti NetworkAnswer = NetworkMessages.NetworkRequest.Answer();

    private readonly MessageFormat format = MessageFormat.Profile(options.Encoding);

    internal ValueTask TakeAsync(ReadOnlyMemory<byte> bytes, LinkConnection connection) => format.Parse(bytes) switch
    {
        ParseResult.Parsed { Message: var message } => TakeAsync(message, bytes, connection),
        ParseResult.Malformed malformed => KeepAsync(LinkEvidenceKind.Unparsable, malformed.Error.What, bytes, malformed.Partial),
        _ => throw new UnreachableException(),
    };

    internal ValueTask TakeBrokenFramingAsync(FrameRead read) => read switch
    {
        FrameRead.CutOff(var byteCount) => ports.OnEvidence(new LinkEvidence(
            ports.Clock.GetUtcNow(), LinkEvidenceKind.CutOff, $"The peer closed after {byteCount} bytes of a message.", byteCount, Digest: "", MaskedParse: "")),
        FrameRead.BadLength(var length) => ports.OnEvidence(new LinkEvidence(
            ports.Clock.GetUtcNow(), LinkEvidenceKind.BadFraming, $"Expected a length of 1 to {Frame.MessageBytesMax}, got {length}.", Frame.LengthBytes, Digest: "", MaskedParse: "")),
        _ => throw new UnreachableException(),
    };

    private ValueTask TakeAsync(Message message, ReadOnlyMemory<byte> bytes, LinkConnection connection)
    {
        var kind = NetworkMessages.KindOf(message.Mti);
        if (kind is null && message.Mti != NetworkAnswer)
            return KeepAsync(LinkEvidenceKind.UnexpectedType, $"{message.Mti} answers nothing that a merchant asks.", bytes, message);
        switch (messages.ReadKey(message))
        {
            case KeyReading.Missing(var what):
                return KeepAsync(LinkEvidenceKind.Incomplete, what, bytes, message);
            case KeyReading.Foreign(var what):
                return KeepAsync(LinkEvidenceKind.ForeignKey, what, bytes, message);
            case KeyReading.Ours(var wireKey):
                if (message.Text(39) is not { Length: 2 } responseCode)
                    return KeepAsync(LinkEvidenceKind.Incomplete, "DE 39: an answer without a response code says nothing", bytes, message);
                return kind is { } answered
                    ? DeliverAsync(message, answered, wireKey, bytes)
                    : connection.TakeNetworkAnswer(wireKey, responseCode) switch
                    {
                        NetworkAnswerUse.Awaited => ValueTask.CompletedTask,
                        NetworkAnswerUse.Stray => KeepAsync(LinkEvidenceKind.StrayNetworkAnswer, "Nobody waits for this 0810.", bytes, message),
                    };
            default:
                throw new UnreachableException();
        }
    }

    private async ValueTask DeliverAsync(Message message, AnswerKind kind, string wireKey, ReadOnlyMemory<byte> bytes)
    {
        var elements = Subelements.Empty;
        switch (Subelements.Of(message))
        {
            case Reading<Subelements>.Read { Value: var read }:
                elements = read;
                break;
            case Reading<Subelements>.Unreadable { What: var what }:
                await KeepAsync(LinkEvidenceKind.ElementsUnreadable, what, bytes, message);
                break;
        }
        var match = sent.Match(kind, wireKey);
        await ports.OnAnswer(NetworkMessages.ReadAnswer(message, kind, wireKey, elements, ports.Clock.GetUtcNow(), match));
    }

    private ValueTask KeepAsync(LinkEvidenceKind kind, string what, ReadOnlyMemory<byte> bytes, Message readable) => ports.OnEvidence(new LinkEvidence(
        ports.Clock.GetUtcNow(), kind, what, bytes.Length, vault.DigestOf(bytes.Span), MessageMask.Mask(readable)));
}
