using Shonin.Domain.Approvals;

namespace Shonin.CardNetwork.Link;

/// <summary>
/// What this link sent since it started, as far back as its limits reach: so that each answer is known as a first one, a repeated
/// one, or nobody's. It also counts how many wait for their answers.
/// </summary>
internal sealed class SentRequests(LinkOptions options, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<(AnswerKind Kind, string WireKey), SentRequest> byKey = [];

    /// <summary>The longest ago first. Sending it again moves a request to the end.</summary>
    private readonly LinkedList<SentRequest> byAge = [];

    /// <summary>Those of them that wait for an answer, in the same order.</summary>
    private readonly LinkedList<SentRequest> inFlight = [];

    internal int InFlightCount
    {
        get
        {
            lock (gate)
                return inFlight.Count;
        }
    }

    /// <summary>Remembers a request before its first byte leaves. Null, and nothing remembered, where too many wait already.</summary>
    internal SentRequest? Add(AnswerKind kind, string wireKey, LinkConnection connection)
    {
        lock (gate)
        {
            ForgetOld();
            if (inFlight.Count >= options.InFlightCountMax)
                return null;
            if (byKey.TryGetValue((kind, wireKey), out var request))
            {
                Land(request);
                byAge.Remove(request.AgePlace);
            }
            else
            {
                byKey[(kind, wireKey)] = request = new SentRequest(kind, wireKey);
            }
            request.SentCount++;
            request.SentAt = clock.GetTimestamp();
            byAge.AddLast(request.AgePlace);
            request.WaitsOn = connection;
            inFlight.AddLast(request.WaitPlace);
            connection.InFlightCount++;
            if (byAge.Count > options.MemoryCountMax)
                Forget(byAge.First!.Value);
            return request;
        }
    }

    /// <summary>Certainly no byte of it left this time. If it left at an earlier time, it is remembered still.</summary>
    internal void TakeBack(SentRequest request)
    {
        lock (gate)
        {
            Land(request);
            request.SentCount--;
            if (request.SentCount == 0)
                Forget(request);
        }
    }

    /// <summary>Whether this link remembers having sent it.</summary>
    internal bool Knows(AnswerKind kind, string wireKey)
    {
        lock (gate)
            return byKey.ContainsKey((kind, wireKey));
    }

    /// <summary>How an answer with this key stands to what was sent, and notes it.</summary>
    internal AnswerMatch Match(AnswerKind kind, string wireKey)
    {
        lock (gate)
        {
            ForgetOld();
            if (!byKey.TryGetValue((kind, wireKey), out var request))
                return AnswerMatch.Unmatched;
            Land(request);
            return request.AnswerCount++ == 0 ? AnswerMatch.First : AnswerMatch.Repeated;
        }
    }

    /// <summary>How many wait for an answer on this connection: one that swallows everything is chosen less and less.</summary>
    internal int InFlightCountOn(LinkConnection connection)
    {
        lock (gate)
            return connection.InFlightCount;
    }

    /// <summary>
    /// Nothing more comes on a connection that ended: its requests hold up no others. They are remembered; a host may answer on another
    /// connection.
    /// </summary>
    internal void ConnectionEnded(LinkConnection connection)
    {
        lock (gate)
        {
            for (var (place, next) = (inFlight.First, inFlight.First?.Next); place is not null; (place, next) = (next, next?.Next))
            {
                if (place.Value.WaitsOn == connection)
                    Land(place.Value);
            }
        }
    }

    private void ForgetOld()
    {
        var now = clock.GetTimestamp();
        while (inFlight.First is { Value: var longest } && clock.GetElapsedTime(longest.SentAt, now) >= options.InFlightFor)
            Land(longest);
        while (byAge.First is { Value: var oldest } && clock.GetElapsedTime(oldest.SentAt, now) >= options.MemoryFor)
            Forget(oldest);
    }

    private void Land(SentRequest request)
    {
        if (request.WaitsOn is not { } connection)
            return;
        connection.InFlightCount--;
        request.WaitsOn = null;
        inFlight.Remove(request.WaitPlace);
    }

    private void Forget(SentRequest request)
    {
        if (request.AgePlace.List is null)
            return;
        Land(request);
        byAge.Remove(request.AgePlace);
        byKey.Remove((request.Kind, request.WireKey));
    }
}

/// <summary>One request and its repeats, which share a key. Only <see cref="SentRequests"/> changes it, under its lock.</summary>
internal sealed class SentRequest
{
    internal SentRequest(AnswerKind kind, string wireKey)
    {
        (Kind, WireKey) = (kind, wireKey);
        (AgePlace, WaitPlace) = (new LinkedListNode<SentRequest>(this), new LinkedListNode<SentRequest>(this));
    }

    internal AnswerKind Kind { get; }
    internal string WireKey { get; }
    internal LinkedListNode<SentRequest> AgePlace { get; }
    internal LinkedListNode<SentRequest> WaitPlace { get; }

    /// <summary>
    /// By <see cref="TimeProvider.GetTimestamp"/>: a clock that is set back must not fill the places of what is in flight.
    /// </summary>
    internal long SentAt { get; set; }
    internal int SentCount { get; set; }
    internal int AnswerCount { get; set; }

    /// <summary>The connection on which an answer is awaited; null where none is any more.</summary>
    internal LinkConnection? WaitsOn { get; set; }
}
