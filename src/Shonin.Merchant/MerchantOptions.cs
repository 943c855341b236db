using Shonin.Domain.Approvals;
using Shonin.Domain.Notices;
using Shonin.Domain.Points;
using Shonin.Domain.Proofs;

namespace Shonin.Merchant;

/// <summary>What the merchant's shell takes from outside.</summary>
public sealed record MerchantOptions
{
    public ApprovalPolicy Policy { get; init; } = new();

    /// <summary>What deliveries earn; a shop that gives no points tells nobody of them.</summary>
    public PointsPolicy Points { get; init; } = new();
    public required MerchantProfile Profile { get; init; }

    /// <summary>What a customer's link begins with: <c>https://shop.example.jp</c>, without a slash at the end.</summary>
    public required string PublicUrl { get; init; }

    /// <summary>Acquirer and terminal: with time and STAN they make the key of a message on the wire.</summary>
    public required string Acquirer { get; init; }
    public required string Terminal { get; init; }

    /// <summary>Both of them, as new claims keep them.</summary>
    internal WireSender Sender => new(Acquirer, Terminal);

    /// <summary>Key of the hash that names a customer by address; 32 bytes.</summary>
    public required ReadOnlyMemory<byte> CustomerHashKey { get; init; }

    /// <summary>What marks our notices.</summary>
    public required NoticeMarkKeys MarkKeys { get; init; }

    /// <summary>Requests that may wait in one shard; beyond, clients are told to come again.</summary>
    public int WaitingCountMax { get; init; } = 4096;

    /// <summary>Orders that a shard keeps in memory while nothing happens to them.</summary>
    public int IdleOrderCountMax { get; init; } = 1024;
}
