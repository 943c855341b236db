using System.Globalization;
using System.Threading.Channels;
using Shonin.Domain.Approvals;

namespace Shonin.CardNetwork.Link;

/// <summary>
/// Hands on what was read, beside the reading: a connection leaves an answer here and reads on, whatever becomes of it. Each answer's
/// handler runs by itself, so that one which waits for ever (for an order that cannot be read, for a full disk) holds up no other. What is
/// in hand is bounded for all and for each request; an answer beyond that becomes evidence, and its request is one that was never answered.
/// </summary>
internal sealed class AnswerHandover(LinkOptions options, LinkPorts ports)
{
    /// <summary>Pieces of evidence in hand; more than that are counted, and told with the next one that is kept.</summary>
    internal const int EvidenceInHandMax = 1024;

    // Not bounded by itself: everything in it is counted below, so that a writer never waits and is told at once what was not taken.
    private readonly Channel<Func<Task>> waiting = Channel.CreateUnbounded<Func<Task>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock gate = new();
    private readonly Dictionary<(AnswerKind Kind, string WireKey), int> inHand = [];
    private int answerCount;
    private int evidenceCount;
    private long untoldCount;

    /// <summary>How many answers are in hand: those whose handlers have not ended.</summary>
    internal int AnswerCount
    {
        get
        {
            lock (gate)
                return answerCount;
        }
    }

    /// <summary>Begins the handlers, in the order in which things were read, until <see cref="Close"/>.</summary>
    internal async Task RunAsync()
    {
        while (await waiting.Reader.WaitToReadAsync())
        {
            while (waiting.Reader.TryRead(out var handle))
                _ = handle();
        }
    }

    /// <summary>Takes nothing any more. Handlers that have begun go on; nobody here waits for them.</summary>
    internal void Close() => waiting.Writer.TryComplete();

    internal void Take(NetworkAnswer answer)
    {
        if (ReasonAgainst(answer) is { } reason)
            Keep(NotTaken(answer, reason));
        else if (!waiting.Writer.TryWrite(() => HandOverAsync(answer)))
            Release(answer);
    }

    internal void Keep(LinkEvidence evidence)
    {
        lock (gate)
        {
            if (evidenceCount >= EvidenceInHandMax)
            {
                untoldCount++;
                return;
            }
            evidenceCount++;
            if (untoldCount > 0)
            {
                evidence = evidence with
                {
                    What = string.Create(CultureInfo.InvariantCulture, $"{evidence.What} ({untoldCount} before it could not be kept.)"),
                };
            }

            untoldCount = 0;
        }
        if (!waiting.Writer.TryWrite(() => KeepAsync(evidence)))
            Release();
    }

    /// <summary>Counts the answer in, or says why it is not taken.</summary>
    private string? ReasonAgainst(NetworkAnswer answer)
    {
        var key = (answer.Kind, answer.WireKey);
        lock (gate)
        {
            var ofRequest = inHand.GetValueOrDefault(key);
            if (ofRequest >= options.AnswersInHandOfRequestMax)
                return string.Create(CultureInfo.InvariantCulture, $"{ofRequest} answers to the same request are not recorded yet");
            if (answerCount >= options.AnswersInHandMax)
                return string.Create(CultureInfo.InvariantCulture, $"{answerCount} answers are not recorded yet");
            inHand[key] = ofRequest + 1;
            answerCount++;
            return null;
        }
    }

    private async Task HandOverAsync(NetworkAnswer answer)
    {
        try
        {
            await ports.OnAnswer(answer);
        }
        catch (Exception fault)
        {
            // Behind the port stands the whole order book: its fault costs this answer, never the reading of the next one.
            ports.OnFault(fault);
            Keep(NotTaken(answer, fault.Message));
        }
        finally
        {
            Release(answer);
        }
    }

    private async Task KeepAsync(LinkEvidence evidence)
    {
        try
        {
            await ports.OnEvidence(evidence);
        }
        catch (Exception fault)
        {
            // Evidence that cannot be written (a full disk) is told of and lost; the link goes on.
            ports.OnFault(fault);
        }
        finally
        {
            Release();
        }
    }

    private void Release(NetworkAnswer answer)
    {
        var key = (answer.Kind, answer.WireKey);
        lock (gate)
        {
            answerCount--;
            if (--inHand[key] == 0)
                inHand.Remove(key);
        }
    }

    private void Release()
    {
        lock (gate)
            evidenceCount--;
    }

    /// <summary>What the answer said stands in it, so that a person can take it to its order.</summary>
    private LinkEvidence NotTaken(NetworkAnswer answer, string why) =>
        new(
            ports.Clock.GetUtcNow(),
            LinkEvidenceKind.NotTaken,
            $"{answer.Kind} {answer.WireKey}, RRN {answer.Rrn}, answered {answer.ResponseCode}, was not recorded: {why}",
            SizeBytes: 0,
            Digest: "",
            MaskedParse: ""
        );
}
