using System.Diagnostics;
using Shonin.CardNetwork.Vault;
using Shonin.Domain.Approvals;
using Shonin.Iso8583;

namespace Shonin.CardNetwork.Link;

/// <summary>
/// What to make of each message that comes in: an answer of ours goes to the decider, an 0810 to the connection that asked, and all
/// else is kept as evidence. Nothing is ever answered.
/// </summary>
internal sealed class IncomingMessages(
    LinkOptions options,
    NetworkMessages messages,
    SentRequests sent,
    CardVault vault,
    AnswerHandover handover,
    LinkPorts ports
)
{
    private static readonly Mti networkAnswer = NetworkMessages.NetworkRequest.Answer();

    private const string NoResponseCode = "DE 39: an answer without a response code says nothing";

    private readonly MessageFormat format = MessageFormat.Profile(options.Encoding);

    internal void Take(ReadOnlyMemory<byte> bytes, LinkConnection connection)
    {
        switch (format.Parse(bytes))
        {
            case ParseResult.Parsed { Message: var message }:
                Take(message, bytes, connection);
                break;
            case ParseResult.Malformed malformed:
                Keep(LinkEvidenceKind.Unparsable, malformed.Error.What, bytes, malformed.Partial);
                break;
            default:
                throw new UnreachableException();
        }
    }

    internal void TakeBrokenFraming(FrameRead read) =>
        handover.Keep(
            read switch
            {
                FrameRead.CutOff(var byteCount) => new LinkEvidence(
                    ports.Clock.GetUtcNow(),
                    LinkEvidenceKind.CutOff,
                    $"The peer closed after {byteCount} bytes of a message.",
                    byteCount,
                    Digest: "",
                    MaskedParse: ""
                ),
                FrameRead.BadLength(var length) => new LinkEvidence(
                    ports.Clock.GetUtcNow(),
                    LinkEvidenceKind.BadFraming,
                    $"Expected a length of 1 to {Frame.MessageBytesMax}, got {length}.",
                    Frame.LengthBytes,
                    Digest: "",
                    MaskedParse: ""
                ),
                FrameRead.Frame or FrameRead.End => throw new UnreachableException(),
                _ => throw new UnreachableException(),
            }
        );

    private void Take(Message message, ReadOnlyMemory<byte> bytes, LinkConnection connection)
    {
        var kind = NetworkMessages.KindOf(message.Mti);
        if (kind is null && message.Mti != networkAnswer)
        {
            Keep(LinkEvidenceKind.UnexpectedType, $"{message.Mti} answers nothing that a merchant asks.", bytes, message);
            return;
        }
        switch (messages.ReadKey(message))
        {
            case KeyReading.Missing(var what):
                Keep(LinkEvidenceKind.Incomplete, what, bytes, message);
                break;
            case KeyReading.Foreign foreign:
                // What an earlier acquirer or terminal of ours asked is taken back under its name, and answered under it.
                var sentKey = NetworkMessages.SentKeyOf(foreign);
                if (kind is not { } about || !sent.Knows(about, sentKey))
                    Keep(LinkEvidenceKind.ForeignKey, foreign.What, bytes, message);
                else if (message.Text(39) is not { Length: 2 })
                    Keep(LinkEvidenceKind.Incomplete, NoResponseCode, bytes, message);
                else
                    Deliver(message, about, foreign.WireKey, sentKey, foreign.Sender, bytes);
                break;
            case KeyReading.Ours(var wireKey):
                if (message.Text(39) is not { Length: 2 } responseCode)
                    Keep(LinkEvidenceKind.Incomplete, NoResponseCode, bytes, message);
                else if (kind is { } answered)
                    Deliver(message, answered, wireKey, wireKey, sender: null, bytes);
                else if (connection.TakeNetworkAnswer(wireKey, responseCode) == NetworkAnswerUse.Stray)
                    Keep(LinkEvidenceKind.StrayNetworkAnswer, "Nobody waits for this 0810.", bytes, message);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private void Deliver(Message message, AnswerKind kind, string wireKey, string sentKey, WireSender? sender, ReadOnlyMemory<byte> bytes)
    {
        var elements = Subelements.Empty;
        switch (Subelements.Of(message))
        {
            case FieldReading<Subelements>.Read { Value: var read }:
                elements = read;
                break;
            case FieldReading<Subelements>.Unreadable { What: var what }:
                Keep(LinkEvidenceKind.ElementsUnreadable, what, bytes, message);
                break;
        }
        var match = sent.Match(kind, sentKey);
        handover.Take(
            NetworkMessages.ReadAnswer(message, kind, wireKey, elements, ports.Clock.GetUtcNow(), match) with
            {
                Sender = sender,
            }
        );
    }

    private void Keep(LinkEvidenceKind kind, string what, ReadOnlyMemory<byte> bytes, Message readable) =>
        handover.Keep(
            new LinkEvidence(ports.Clock.GetUtcNow(), kind, what, bytes.Length, vault.DigestOf(bytes.Span), MessageMask.Mask(readable))
        );
}
